"""Options from a TOML file."""

from pathlib import Path

import pytest

from tf_explainer.config.toml import read_config
from tf_explainer.errors import InputError


def test_reads_both_spellings(tmp_path):
    """Dashes and underscores are one; values are converted."""
    path = tmp_path / "run.toml"
    path.write_text(
        'batch-size = 16\npreset = "paper"\nperformer = "a.keras"\n'
        'categories = ["cat, black", "dog"]\neta = 1\n'
    )
    assert read_config(path) == {
        "batch_size": 16,
        "preset": "paper",
        "performer": Path("a.keras"),
        "categories": ("cat, black", "dog"),
        "eta": 1.0,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bacth-size = 3", "'bacth-size' is no option. Did you mean"),
        ("out = 'x'", "'out' is no option"),
        ("epochs = '3'", "`--epochs` must be a whole number, received '3'"),
        ("seed = -1", "`--seed` must be >= 0, received -1"),
        ("epochs = = 3", "is not a TOML file"),
        ("[explainer]\neta = 1", "'explainer' is no option"),
        ("batch-size = 3\nbatch_size = 4", "'batch_size' are one option"),
        ("batch_size = 3\nbatch-size = 3", "leave one of them out"),
        (
            "data-option = {manual-dir = 'a', manual_dir = 'b'}",
            "`--data-option` must be NAME=VALUE, each name once",
        ),
    ],
)
def test_rejects(tmp_path, text, message):
    """The message names the file and what is wrong in it."""
    path = tmp_path / "run.toml"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        read_config(path)
    assert message in str(error.value)
    assert str(path) in str(error.value)


def test_names_a_missing_file(tmp_path):
    """A misspelt file name is an error of the user."""
    with pytest.raises(InputError, match="nowhere.toml: No such file"):
        read_config(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epochs = " + "[" * 10_000 + "]" * 10_000, "nested too deeply"),
        ("epochs = " + "9" * 10**6, "Exceeds the limit"),
        ("epochs = 0x" + "f" * 10**6, "received a number without end"),
        ("eta = 0x" + "f" * 10**6, "received a number without end"),
        ("data = 0x" + "f" * 10**6, "received a number without end"),
        ("x" * 10**6 + " = 1", "is no option"),
    ],
)
def test_endless_files(tmp_path, text, message):
    """One line, and at once."""
    path = tmp_path / "run.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_config(path)
