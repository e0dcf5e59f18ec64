"""`tf-explainer tune` from end to end, on tiny images."""

import csv
import dataclasses

import numpy as np
import pytest

from tf_explainer.cli.app import main
from tf_explainer.config.settings import Settings
from tf_explainer.config.toml import read_config
from tf_explainer.datasets import open_dataset
from tf_explainer.experiments.search_folder import TuneFolder, open_tune_folder

SIZE = 32


def opened_search(*arguments, **options):
    """Returns what an open folder holds; it is closed again."""
    with open_tune_folder(*arguments, **options) as found:
        return found


class Forbidden:
    """A test split: whoever looks at it fails."""

    def __getattribute__(self, name):
        """Refuses every attribute of the images."""
        if name == "tagged":
            # Which photographs lie on their side is said of all files.
            return frozenset()
        raise AssertionError(f"the test split was read: {name}")

    def __len__(self):
        raise AssertionError("the test split was counted")


@pytest.fixture(scope="module", autouse=True)
def forbidden_test_split():
    """Opened data sets have a test split that must not be looked at."""

    def opened(*args, **kwargs):
        found = open_dataset(*args, **kwargs)
        splits = {"train": found.splits["train"], "test": Forbidden()}
        return dataclasses.replace(found, splits=splits)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tf_explainer.runs.job.open_dataset", opened)
        yield


@pytest.fixture(scope="module")
def dots(tmp_path_factory, annotate):
    """Red and green dots, each with a head."""
    rng, rows = np.random.default_rng(0), []
    for index in range(30):
        image = rng.integers(0, 60, (SIZE, SIZE, 3)).astype("uint8")
        row, column = rng.integers(2, SIZE - 10, 2)
        image[row : row + 8, column : column + 8, index % 2] = 240
        place = ((row + 4) / SIZE, (column + 4) / SIZE)
        split = "train" if index < 24 else "test"
        rows.append((image, ("red", "green")[index % 2], split, place))
    return annotate(tmp_path_factory.mktemp("dots"), rows)


@pytest.fixture(scope="module")
def searched(dots, tmp_path_factory):
    """Options of a search, and its folder after one trial."""
    out = tmp_path_factory.mktemp("runs") / "tune"
    options = [
        *("--data", str(dots), "--image-size", str(SIZE), "--out", str(out)),
        *("--performer-epochs", "1", "--epochs", "2", "--eta", "0.5"),
        *("--batch-size", "9", "--filter-loss", "exact"),
    ]
    status = main(["tune", *options, "--trials", "1"])
    return options, TuneFolder(out), status


def _rows(folder):
    with open(folder.table, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_search_and_go_on(searched, capsys):
    """One trial without a look at the test images, then another one."""
    options, folder, status = searched
    assert status == 0
    before = _rows(folder)
    assert [row["trial"] for row in before] == ["1"]
    assert main(["tune", *options, "--trials", "2"]) == 2
    assert "holds an earlier search" in capsys.readouterr().err
    out = str(folder.path)
    assert main(["tune", "--out", out, "--resume", "--trials", "2"]) == 0
    shown = capsys.readouterr()
    assert "Pareto" not in shown.err and "trial 2/2: objective" in shown.err
    assert (
        "Trials, the best within the limits first" in shown.out
        and "best.toml" in shown.out
    )
    after = _rows(folder)
    assert sorted(row["trial"] for row in after) == ["1", "2"]
    first = next(row for row in after if row["trial"] == "1")
    # The second trial may be better in everything.
    assert {**first, "on_front": ""} == {**before[0], "on_front": ""}
    assert folder.chart.read_bytes()[1:4] == b"PNG"


@pytest.mark.slow
def test_best_settings_are_taken_by_run(searched, dots):
    """`run --config` reads back what the table says, and what was given."""
    _, folder, _ = searched
    best, stored = _rows(folder)[0], read_config(folder.best)
    Settings(**stored)
    given = {"data": str(dots), "eta": 0.5, "epochs": 2, "image_size": SIZE}
    given |= {"performer_epochs": 1, "batch_size": 9, "filter_loss": "exact"}
    for name, value in given.items():
        assert stored[name] == value
    for name in ("peak_score", "silence", "filter_weight", "learning_rate"):
        assert stored[name] == float(best[name])
    for name in ("filter_schedule", "learning_epochs"):
        assert str(stored[name]) == best[name]
    assert "trials" not in stored and "eta" not in best


def test_a_new_search_that_is_refused_costs_nothing(tmp_path, capsys):
    """The one before is there as it was."""
    folder, _, _ = opened_search(tmp_path, {"eta": 2.0})
    folder.performer.finish("performer", {})
    folder.state.mkdir()
    folder.best.write_text("eta = 2.0")
    command = ["tune", "--data", str(tmp_path / "typo"), "--overwrite"]
    assert main([*command, "--out", str(tmp_path)]) == 2
    assert "typo" in capsys.readouterr().err
    assert folder.best.read_text() == "eta = 2.0"
    assert folder.options() == {"eta": 2.0} and folder.state.is_dir()
    assert folder.performer.is_done("performer")


def test_wrong_objective_fails_at_once(dots, tmp_path, capsys):
    """With the names that there are; nothing is written."""
    command = ["tune", "--data", str(dots), "--objective", "mi"]
    assert main([*command, "--out", str(tmp_path / "out")]) == 2
    assert (
        "must be one of one_to_one, fidelity, skill, proxy"
        in capsys.readouterr().err
    )
    assert not (tmp_path / "out").exists()


def test_skill_needs_landmarks(dots, tmp_path, capsys, monkeypatch):
    """Told before the performer is trained."""
    folder = tmp_path / "bare"
    folder.mkdir()
    (folder / "images").symlink_to(dots / "images")
    lines = (dots / "annotations.csv").read_text().splitlines()
    short = [line.rsplit(",", 2)[0] for line in lines]
    (folder / "annotations.csv").write_text("\n".join(short) + "\n")

    def train(*args, **kwargs):
        raise AssertionError("the performer was trained")

    monkeypatch.setattr(
        "tf_explainer.runs.performer_step.train_performer", train
    )
    command = ["tune", "--data", str(folder), "--objective", "skill"]
    command += ["--image-size", str(SIZE), "--out", str(tmp_path / "out")]
    assert main(command) == 2
    assert "received skill: it needs landmarks" in capsys.readouterr().err


def test_help_has_examples(capsys):
    """As every command."""
    assert main(["tune", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Examples" in shown and "--max-delta-error" in shown
    words = " ".join(shown.replace("│", " ").split())
    assert "contributions that erased regions confirm" in words
    assert "it knows those that judge" in words


@pytest.mark.parametrize("given", [True, False])
def test_a_given_performer_may_know_the_images(
    given, tmp_path, capsys, monkeypatch
):
    """One line says what its accuracy is worth, before anything is done."""
    path = tmp_path / "none.keras"
    command = ["tune", "--out", str(tmp_path / "out")]
    monkeypatch.setattr(
        "tf_explainer.experiments.search.train_performer_once", lambda job: 1
    )
    monkeypatch.setattr(
        "tf_explainer.experiments.search._search", lambda *_: 1 / 0
    )
    with pytest.raises(ZeroDivisionError):
        main([*command, *(["--performer", str(path)] if given else [])])
    shown = " ".join(capsys.readouterr().err.split())
    assert ("it knows those that judge" in shown) == given
