"""A grid of runs: planned, done job by job, gone on with."""

import json
import tomllib
from pathlib import Path

import pytest

from tf_explainer.errors import InputError
from tf_explainer.steps.experiment import Experiment, toml_text
from tf_explainer.steps.experiment_plan import read_plan
from tf_explainer.steps.experiment_report import experiment_report
from tf_explainer.steps.out_folder import OutFolder
from tf_explainer.steps.read_config import read_config
from tf_explainer.steps.settings import Settings
from tf_explainer.steps.step_order import STEPS

ROOT = Path(__file__).parents[2]
PLAN = """
seeds = [0, 1]
[options]
epochs = 3
[networks.small]
[networks.mobile]
backbone = "mobilenet"
weights = "mobile.h5"
needs = ["mobile.h5 of its place"]
[data.animals]
data = "data/animals"
single = ["cat", "dog"]
multi = ["cat", "dog", "cow"]
data-option = {manual_dir = "data/by_hand"}
[variants.explainer]
[variants.plain]
filter-loss = "none"
"""


@pytest.fixture
def plan_file(tmp_path):
    """A grid of 2 networks, 3 tasks, 2 variants and 2 seeds."""
    path = tmp_path / "plan.toml"
    path.write_text(PLAN)
    return path


@pytest.fixture
def calls(monkeypatch):
    """The runs that were called; each succeeds unless its name is `fails`."""
    made = []

    def call(self, command, log, parallel):
        folder = OutFolder(Path(command[command.index("--out") + 1]))
        made.append((str(folder.path), command))
        if any(word in str(folder.path) for word in call.fails):
            return 2, "error: it fails"
        folder.store_settings(Settings())
        for step in STEPS:
            folder.add_seconds(step, 72.0)
            folder.finish(step, {})
        return 0, ""

    call.fails = []
    monkeypatch.setattr(Experiment, "_call", call)
    made.append(call)
    return made


def _done(calls, out):
    return [Path(p).relative_to(out).as_posix() for p, _ in calls[1:]]


def test_plan(plan_file):
    """All combinations, each with its own options."""
    plan = read_plan(plan_file)
    assert len(plan.runs) == 2 * 3 * 2 * 2
    assert len({run.folder for run in plan.runs}) == len(plan.runs)
    run = next(
        run
        for run in plan.runs
        if run.folder == "animals/mobile/dog/seed1/plain"
    )
    assert run.facts() == {
        "data": "animals",
        "task": "single",
        "category": "dog",
        "performer": "mobile",
        "variant": "plain",
        "seed": 1,
        "folder": run.folder,
    }
    settings = Settings(**run.options)
    assert settings.categories == ("dog",)
    assert (settings.seed, settings.epochs) == (1, 3)
    assert settings.filter_loss == "none"
    assert settings.data_option == {"manual_dir": "data/by_hand"}


def test_runs_and_goes_on(plan_file, tmp_path, calls):
    """The second time there is nothing to do; variants share a performer."""
    out = tmp_path / "runs"
    experiment = Experiment(read_plan(plan_file), out)
    assert experiment.run() == 0
    assert len(calls) == 1 + 24
    config = read_config(out / "animals/mobile/cat/seed0/plain.toml")
    assert config["performer"] == out / "animals/mobile/cat/seed0/explainer" / (
        "performer.keras"
    )
    assert "weights" not in config and config["filter_loss"] == "none"
    assert len(json.loads((out / "jobs.json").read_text())) == 24
    assert Experiment(read_plan(plan_file), out).run() == 0
    assert len(calls) == 1 + 24


def test_failed_runs_are_told_and_tried_again(plan_file, tmp_path, calls):
    """Others go on; what needs the failed one's performer cannot."""
    out = tmp_path / "runs"
    calls[0].fails.append("small/cat/seed0/explainer")
    experiment = Experiment(read_plan(plan_file), out)
    assert experiment.run(parallel=2) == 2
    folder = out / "animals/small/cat/seed0"
    assert (folder / "explainer.failed.txt").read_text() == "error: it fails\n"
    assert "is missing" in (folder / "plain.failed.txt").read_text()
    states = [experiment.state(run) for run in experiment.plan.runs]
    assert (states.count("done"), states.count("failed")) == (22, 2)
    calls[0].fails.clear()
    assert experiment.run() == 0
    assert not list(out.rglob("*.failed.txt"))
    assert len(calls) == 1 + 23 + 2


def test_only_some(plan_file, tmp_path, calls):
    """A variant brings the run that trains its performer."""
    out = tmp_path / "runs"
    Experiment(read_plan(plan_file), out).run(only="small/cat/seed1/plain")
    assert _done(calls, out) == [
        "animals/small/cat/seed1/explainer",
        "animals/small/cat/seed1/plain",
    ]


def test_dry_run(plan_file, tmp_path, calls):
    """States, files that are missing, and time from what is done."""
    out = tmp_path / "runs"
    experiment = Experiment(read_plan(plan_file), out)
    lines = experiment_report(experiment)
    assert "24 runs: 24 to do" in lines
    assert "  mobile.h5 of its place" in lines
    for name in ("mobile.h5", "data/animals", "data/by_hand"):
        assert f"  missing {name}" in lines
    assert lines[-1].startswith("time: not known before one run is done")
    experiment.run(only="small/cat/seed0")
    lines = experiment_report(experiment)
    # Two runs of 5 x 72 s are done, 10 of the same network are left.
    assert lines[-1] == (
        "time: 1.0 hours on this machine, one run at a time (by 2 that are "
        "done), and 12 runs of networks not measured yet"
    )
    assert not (out / "animals/mobile").exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("seeds = [0, 1]", "seeds = []", "'seeds' must be a list of numbers"),
        ("seeds = [0, 1]", 'seeds = [0, "a"]', r"received \[0, 'a'\]"),
        ("[options]", "[optoins]", r"received \['optoins'\]"),
        ("epochs = 3", "epoch = 3", "'epoch' is no option. Did you mean 'epo"),
        ("epochs = 3", "epochs = 0", "`--epochs` must be >= 1, received 0"),
        ("networks.small", 'networks."../x"', r"a name must be of .*'\.\./x'"),
        ('weights = "mobile.h5"', "", "`--backbone` needs `--weights FILE`"),
        ('single = ["cat", "dog"]', "single = 3", "'single' must be a list of"),
        ("seeds = [0, 1]", "seeds = [", "is not a TOML file"),
    ],
)
def test_wrong_plan(plan_file, old, new, message):
    """Told before anything runs, with the file."""
    plan_file.write_text(PLAN.replace(old, new))
    with pytest.raises(InputError, match=message):
        read_plan(plan_file)


def test_plan_without_tasks_or_networks(tmp_path):
    """What is missing is named; so is a file that is not there."""
    path = tmp_path / "plan.toml"
    path.write_text("seeds = [0]\n[networks.a]\n[data.b]\n[variants.c]\n")
    with pytest.raises(InputError, match=r"\[data.b\] must have `single` or"):
        read_plan(path)
    path.write_text("seeds = [0]\n[data.b]\nmulti = ['x', 'y']\n")
    with pytest.raises(InputError, match=r"there is no \[networks.NAME\]"):
        read_plan(path)
    with pytest.raises(InputError, match="`FILE` cannot be read, received"):
        read_plan(tmp_path / "no.toml")


def test_toml_text():
    """Every kind of value comes back as it was."""
    options = {
        "a": 'quoted "text" \\ ü',
        "b": [1, 2.5, True],
        "c": {"x y": Path("a/b"), "z": 1},
        "d": None,
    }
    assert tomllib.loads(toml_text(options)) == {
        "a": 'quoted "text" \\ ü',
        "b": [1, 2.5, True],
        "c": {"x y": "a/b", "z": 1},
    }


@pytest.mark.parametrize("path", sorted((ROOT / "experiments").glob("*.toml")))
def test_our_own_plans(path):
    """They are read, and each run's options are good."""
    plan = read_plan(path)
    performers = {(run.data, run.performer, run.category) for run in plan.runs}
    assert len(performers) == {"animals": 7, "paper": 28 + 4}[path.stem]
