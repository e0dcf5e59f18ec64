"""A user's names reach all that a run has written, and nothing gets stale."""

import json

import keras
import numpy as np
import pytest

from tf_explainer.cli.app import main
from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError
from tf_explainer.evaluation.result import measure
from tf_explainer.explainer import Explainer
from tf_explainer.runs import naming
from tf_explainer.runs.claim import claimed
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.runs.step_order import STEPS
from tf_explainer.testing import toy_images, toy_performer


@pytest.fixture(scope="module")
def explainer():
    """Of three parts, with an optimizer that has done seven steps."""
    made = Explainer.from_performer(toy_performer(), parts=3)
    made.calibrate(toy_images())
    made.compile(optimizer=keras.optimizers.Adam(0.25))
    made.optimizer.build(made.trainable_variables)
    made.optimizer.iterations.assign(7)
    return made


@pytest.fixture
def run(explainer, tmp_path, observation, monkeypatch):
    """A finished run; its report tells what it was written from."""
    folder = OutFolder(tmp_path / "run")
    folder.store_settings(Settings(data="mine"))
    explainer.save(folder.explainer)
    settings = {"settings": {}, "seed": 0, "seconds": {}, "versions": {}}
    folder.write_json(folder.result, {**measure(observation), **settings})
    folder.saved_model.mkdir(parents=True)
    for step in STEPS:
        folder.finish(step, {"step": step})

    def report(job):
        assert job.settings.data == "mine"
        result = json.loads(job.folder.result.read_text("utf-8"))
        job.folder.report.write_text(", ".join(result["part_names"]))

    monkeypatch.setattr(naming, "report", report)
    return folder


@pytest.fixture
def loaded(explainer, monkeypatch):
    """The run's explainer, which is not read from its file each time."""
    monkeypatch.setattr(naming, "load_explainer", lambda *path, **_: explainer)


def hidden(folder):
    """What says how far the run is."""
    place = folder.path / ".tf_explainer"
    return {path.name: path.read_text() for path in place.glob("*.json")}


def test_names_reach_all_files(run, explainer, capsys):
    """Weights, optimizer and records stay as they were."""
    before = hidden(run)
    arguments = ["name", str(run.path)]
    assert main([*arguments, "3=long tail", "1= öhr "]) == 0
    names = ["öhr", "part 2", "long tail"]
    listed = [
        line.split(maxsplit=1) for line in capsys.readouterr().out.split("\n")
    ]
    assert listed[:3] == [[str(i + 1), name] for i, name in enumerate(names)]
    again = keras.saving.load_model(run.explainer)
    assert again.part_names == tuple(names)
    assert int(again.optimizer.iterations) == 7
    for one, other in zip(again.weights, explainer.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    result = json.loads(run.result.read_text("utf-8"))
    assert result["part_names"] == names
    file = run.saved_model / "assets.extra" / "names.json"
    assert json.loads(file.read_text("utf-8"))["part_names"] == names
    assert run.report.read_text() == "öhr, part 2, long tail"
    assert hidden(run) == before


@pytest.mark.usefixtures("loaded")
def test_lists_and_gives_numbers_back(run, capsys):
    """Names stay with what was written before."""
    arguments = ["name", str(run.path)]
    assert main([*arguments, "2=head"]) == 0
    assert main([*arguments, "2="]) == 0
    capsys.readouterr()
    assert main(arguments) == 0
    assert capsys.readouterr().out.split("\n")[1].split(maxsplit=1) == [
        *("2", "part 2"),
    ]
    result = json.loads(run.result.read_text("utf-8"))
    assert result["part_names"][1] == "part 2"


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["3head"], "must be NUMBER=NAME, such as 3=head, received '3head'"),
        (["head=3"], "must be NUMBER=NAME"),
        (["0=x"], "from 1 to 3, received '0=x'"),
        (["99=x"], "from 1 to 3, received '99=x'"),
        (["1=x", "2=x"], "must differ from one another"),
        (["1=x", "1=y"], "must name part 1 once"),
        (["1=part 2"], "not the number of another part"),
        (["1=a\nb"], "letters that can be printed"),
    ],
)
def test_refuses_in_one_line(run, capsys, names, words):
    """And nothing is changed."""
    written = run.explainer.read_bytes(), run.result.read_bytes()
    assert main(["name", str(run.path), *names]) == 2
    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1
    assert written == (run.explainer.read_bytes(), run.result.read_bytes())
    assert not run.report.exists()


@pytest.mark.usefixtures("loaded")
def test_a_report_that_cannot_be_written(run, monkeypatch, capsys):
    """The names are kept, and the message says what to do."""

    def report(job):
        raise InputError("`--data`: no such folder.")

    monkeypatch.setattr(naming, "report", report)
    assert main(["name", str(run.path), "3=wing"]) == 2
    said = capsys.readouterr().err
    assert "The parts are named" in said and "no such folder" in said
    assert f"tf-explainer report --overwrite --out {run.path}" in said
    result = json.loads(run.result.read_text("utf-8"))
    assert result["part_names"][2] == "wing"


@pytest.mark.usefixtures("loaded")
def test_another_process_is_left_alone(run):
    """It may be writing the same files."""
    with claimed(run.path):
        with pytest.raises(InputError, match="in use by another process"):
            naming.name_parts_of_run(run.path, ["1=x"])


def test_filters_have_no_names(run, monkeypatch):
    """Each is one of its own."""
    filters = Explainer.from_performer(toy_performer(), preset="filters")
    monkeypatch.setattr(naming, "load_explainer", lambda *path, **_: filters)
    with pytest.raises(InputError, match="no parts to name"):
        naming.parts_of_run(run.path)
