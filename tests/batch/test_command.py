"""The command line: help, what is missing, a whole run."""

import importlib.util
import json
import sys

import pytest

from tf_explainer.cli.app import main
from tf_explainer.config.settings import Settings
from tf_explainer.runs.out_folder import OutFolder

OPTIONS = ["--input", "in", "--output", "out"]


def test_help_tells_of_examples(capsys):
    """Without Beam, and without TensorFlow."""
    assert main(["batch", "--help"]) == 0
    told = capsys.readouterr().out
    for word in ("--input", "--key-feature", "NAME=VALUE", "DirectRunner"):
        assert word in told
    assert "tf-explainer batch runs/mine" in " ".join(told.split())
    assert main(["batch-summary", "--help"]) == 0
    assert "tf-explainer batch-summary explained" in capsys.readouterr().out


@pytest.mark.parametrize("missing", ["apache_beam", "pyarrow"])
@pytest.mark.parametrize(
    "command", [["batch", "run", *OPTIONS], ["batch-summary", "out"]]
)
def test_missing_extra(command, missing, monkeypatch, capsys):
    """One line with the command that mends it, and nothing is written."""
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name: None if name == missing else found(name),
    )
    assert main(command) == 2
    said = capsys.readouterr().err
    assert "is not installed: pip install 'tf_explainer[batch]'" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", *OPTIONS, "--shard-size", "0"], "--shard-size"),
        (["run", *OPTIONS, "--processes", "0"], "--processes"),
        ([*OPTIONS], "`RUN` or `--model` must be given"),
        (["run", "--model", "m", *OPTIONS], "`RUN` or `--model` must be"),
        (["no_run", *OPTIONS], "`RUN` must be the --out folder of a run"),
        (["--model", "m", *OPTIONS], "`--model` must be a version"),
        (["--model", "out/model/1", *OPTIONS], "must not lie in `--output`"),
        (["--model", "m[1]", *OPTIONS], "must have none of *?[] in its path"),
        (["run", "--input", "a", "--output", "o[1]"], "`--output` must have"),
    ],
)
def test_what_cannot_be_is_refused(words, told, tmp_path, monkeypatch, capsys):
    """One line and status 2; no folder is left behind."""
    pytest.importorskip("apache_beam")
    monkeypatch.chdir(tmp_path)
    assert main(["batch", *words]) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert told in said
    assert not [*tmp_path.iterdir()]


def test_folders_of_others_are_left_alone(tmp_path, monkeypatch, capsys):
    """Nothing is written beside files that are not ours."""
    pytest.importorskip("apache_beam")
    from tf_explainer.runs import batching

    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(batching, "model_digest", lambda folder: "1")
    assert main(["batch", "--model", "m", *OPTIONS]) == 2
    assert (
        "files of somebody else, received out with" in capsys.readouterr().err
    )
    assert [one.name for one in tmp_path.rglob("*")] == ["out", "thesis.txt"]


@pytest.mark.slow
def test_a_run_explains_many(explainer, photos, tmp_path, monkeypatch, capsys):
    """With its own SavedModel; again; and all of them on a page."""
    pytest.importorskip("apache_beam")
    monkeypatch.chdir(tmp_path)
    folder = OutFolder(tmp_path / "run")
    folder.store_settings(Settings(apply_orientation=True))
    explainer.save(folder.explainer)
    folder.finish("explain", {})
    (photos / "<b>.png").write_text("no image")
    words = ["batch", "run", "--input", "photos", "--output", "out"]
    assert main(words) == 0
    said = capsys.readouterr()
    assert said.out == "out\n"
    assert "10 explained, 1 dead letters, 0 done before" in said.err
    assert main(words) == 0
    assert "0 explained, 0 dead letters, 11 done" in capsys.readouterr().err
    (photos / "new.png").write_bytes(b"")
    assert main(words) == 2
    assert "another list of 11 images" in capsys.readouterr().err
    assert main(["batch-summary", "out"]) == 0
    assert capsys.readouterr().out.split() == [
        *("out/summary.html", "out/summary.json"),
    ]
    told = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert told["images"] == 10 and told["dead_letters"] == 1
    assert "tensorflow" in sys.modules
