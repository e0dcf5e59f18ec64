"""A grid of runs: planned, done job by job, gone on with."""

import json
import signal
import sys
import tomllib
from pathlib import Path

import pytest

from tf_explainer.config.settings import Settings
from tf_explainer.config.toml import read_config
from tf_explainer.errors import InputError
from tf_explainer.experiments.forecast import StepTime, experiment_report
from tf_explainer.experiments.grid import Experiment, toml_text
from tf_explainer.experiments.plan import read_plan
from tf_explainer.runs.step_order import STEPS

ROOT = Path(__file__).parents[2]


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
    assert len(calls.made) == 2 * 3 * 2
    assert all(len(group) == 2 for group in calls.made)
    config = read_config(out / "animals/mobile/cat/seed0/plain.toml")
    assert config["performer"] == out / "animals/mobile/cat/seed0/explainer" / (
        "performer.keras"
    )
    assert "weights" not in config and config["filter_loss"] == "none"
    assert len(json.loads((out / "jobs.json").read_text())) == 24
    assert Experiment(read_plan(plan_file), out).run() == 0
    assert len(calls.made) == 2 * 3 * 2


def test_failed_runs_are_told_and_tried_again(plan_file, tmp_path, calls):
    """Others go on, also those that share the failed one's process."""
    out = tmp_path / "runs"
    calls.fails.append("small/cat/seed0/explainer")
    experiment = Experiment(read_plan(plan_file), out)
    assert experiment.run(parallel=2) == 1
    folder = out / "animals/small/cat/seed0"
    assert (folder / "explainer.failed.txt").read_text() == "it fails\n"
    states = [experiment.state(run) for run in experiment.plan.runs]
    assert (states.count("done"), states.count("failed")) == (23, 1)
    calls.fails.clear()
    assert experiment.run() == 0
    assert not list(out.rglob("*.failed.txt"))
    assert calls.made[-1] == ["animals/small/cat/seed0/explainer"]


def test_a_process_that_dies(plan_file, tmp_path, calls):
    """What it left undone has failed, with its last words."""
    out = tmp_path / "runs"
    calls.dies.append("small/cat/seed0/plain")
    assert Experiment(read_plan(plan_file), out).run() == 1
    failed = out / "animals/small/cat/seed0/plain.failed.txt"
    assert failed.read_text() == "ended with status -9: last words\n"


def test_a_process_that_somebody_stops(plan_file, tmp_path, monkeypatch):
    """SIGTERM for it alone: its runs are not done, and the grid says so."""
    monkeypatch.setattr(Experiment, "_call", lambda *_: (130, "stopped"))
    out = tmp_path / "runs"
    assert Experiment(read_plan(plan_file), out).run() == 24
    failed = out / "animals/small/cat/seed0/plain.failed.txt"
    assert failed.read_text() == "ended with status 130: stopped\n"


def test_a_changed_plan_is_told(plan_file, tmp_path, calls):
    """Numbers of other options must not pass for those of the plan.

    With the old plan they are its own again.
    """
    out = tmp_path / "runs"
    Experiment(read_plan(plan_file), out).run()
    text = plan_file.read_text()
    plan_file.write_text(text.replace("epochs = 3", "epochs = 4"))
    experiment = Experiment(read_plan(plan_file), out)
    states = {experiment.state(run) for run in experiment.plan.runs}
    assert states == {"changed"}
    calls.fails.append("seed")
    assert experiment.run() == 24
    plan_file.write_text(text)
    assert len(list(out.rglob("*.failed.txt"))) == 24
    assert Experiment(read_plan(plan_file), out).run() == 0
    assert not list(out.rglob("*.failed.txt"))


@pytest.mark.slow
def test_a_real_process_tells_why(plan_file, tmp_path):
    """What is wrong with the data is told in the run's own file."""
    out = tmp_path / "runs"
    experiment = Experiment(read_plan(plan_file), out)
    assert experiment.run(only="small/cat/seed0/explainer") == 1
    files = experiment.files(experiment.plan.runs[0])
    assert "has no settings, received" in files.failed.read_text()
    assert "InputError" in files.log.read_text()
    config = read_config(files.config)
    assert config["categories"] == ("cat",)


@pytest.mark.parametrize("says", ["print('é', file=sys.stderr)", ""])
def test_last_words_are_of_this_attempt(plan_file, tmp_path, monkeypatch, says):
    """A process that was killed says nothing; what the log holds is older."""
    experiment = Experiment(read_plan(plan_file), tmp_path / "runs")
    run = experiment.plan.runs[0]
    log = tmp_path / "runs" / f"{run.group}.log"
    log.parent.mkdir(parents=True)
    log.write_bytes(b"disk full \xff\n")
    script = tmp_path / "python"
    script.write_text(f"#!{sys.executable}\nimport sys\n{says}\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    told = experiment._call([run])
    assert told == (0, "é" if says else "it says nothing")


def test_a_process_that_begins_as_all_stop(plan_file, tmp_path, monkeypatch):
    """It would go on for hours, with nobody to see it."""
    experiment = Experiment(read_plan(plan_file), tmp_path / "runs")
    run = experiment.plan.runs[0]
    (tmp_path / "runs" / run.group).parent.mkdir(parents=True)
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\nexec sleep 60\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    experiment._stop()
    status, _ = experiment._call([run])
    assert status == -signal.SIGTERM


def test_report_is_a_switch(plan_file, tmp_path, calls):
    """What is done without it goes on with the two steps that are left."""
    out = tmp_path / "runs"
    numbers = Experiment(read_plan(plan_file), out)
    numbers.run()
    assert numbers.steps == ("performer", "explain", "evaluate")
    whole = Experiment(read_plan(plan_file), out, report=True)
    assert {whole.state(run) for run in whole.plan.runs} == {"begun"}
    assert whole.run() == 0
    assert whole.steps == tuple(STEPS)


def test_only_some(plan_file, tmp_path, calls):
    """A variant brings the run that trains its performer, if it must."""
    out = tmp_path / "runs"
    experiment = Experiment(read_plan(plan_file), out)
    experiment.run(only="small/cat/seed1/plain")
    names = [f"animals/small/cat/seed1/{v}" for v in ("explainer", "plain")]
    assert calls.made == [names]
    for file in (out / names[1] / ".tf_explainer").iterdir():
        file.unlink()
    experiment.run(only="small/cat/seed1/plain")
    assert calls.made[1:] == [names[1:]]
    with pytest.raises(InputError, match="`--only` must be .*received 'sed1'"):
        experiment.run(only="sed1")


def test_dry_run(plan_file, tmp_path, calls):
    """States, files with their size, and time from a measured step."""
    out = tmp_path / "runs"
    (tmp_path / "mobile.h5").write_bytes(bytes(2_000_000))
    text = plan_file.read_text().replace(
        '"mobile.h5"', f'"{tmp_path}/mobile.h5"'
    )
    plan_file.write_text(text)
    experiment = Experiment(read_plan(plan_file), out)
    # 1 s for the performer, 0.1 s for features and 3 s for an explainer.
    step = StepTime(performer=1.0, look=0.1, learn=3.0, size=10**9)
    lines = experiment_report(experiment, 2, lambda options: step)
    assert "24 runs: 24 to do" in lines
    assert "  mobile.h5 of its place" in lines
    assert f"     2.0 MB {tmp_path}/mobile.h5" in lines
    for name in ("data/animals", "data/by_hand"):
        assert f"    missing {name}" in lines
    # 12 groups of 2 explainers; 600 images and 3 views of each to learn from,
    # and 400 to test on.
    hours = 12 * (600 * 1.0 + 2800 * 0.1 + 2 * 600 * 3.0) / 2 / 3600
    assert lines[-2] == (
        f"time: {hours:.1f} hours for 24 runs on this machine as it is now, 2 "
        "at a time, for every 1,000 images where they are not there"
    )
    assert lines[-1] == "disk: 24.0 GB for the models of these runs"
    assert sum(line.startswith("measured: ") for line in lines) == 2
    # A variant alone, and the run that trains its performer.
    only = "small/cat/seed1/plain"
    lines = experiment_report(experiment, 2, lambda options: step, only)
    assert "2 runs: 2 to do" in lines
    assert sum("animals/small/cat/seed1/" in line for line in lines) == 2
    assert "for 2 runs on" in lines[-2] and "mobile" not in lines[-3]
    experiment.run(only="mobile")
    lines = experiment_report(experiment, 1, lambda options: step)
    assert f"time: {hours:.1f} hours for 12 runs" in lines[-2]
    assert sum(line.startswith("measured: small") for line in lines) == 1
    experiment.run()
    assert experiment_report(experiment)[-1] == "time: nothing is left to do"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("seeds = [0, 1]", "seeds = []", "'seeds' must be a list of numbers"),
        ("seeds = [0, 1]", 'seeds = [0, "a"]', r"received \[0, 'a'\]"),
        ("seeds = [0, 1]", "seeds = [1, 1]", r"hold each once.*\[1, 1\]"),
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
    plan_file.write_text(plan_file.read_text().replace(old, new))
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
        "a": 'quoted "text" \\ ü 🐦',
        "b": [1, 2.5, True],
        "c": {"x y": Path("a/b"), "🐦": 1},
        "d": None,
        "e": "".join(map(chr, [*range(32), 127, 128, 0x2028])),
    }
    assert tomllib.loads(toml_text(options)) == {
        "a": 'quoted "text" \\ ü 🐦',
        "b": [1, 2.5, True],
        "c": {"x y": "a/b", "🐦": 1},
        "e": options["e"],
    }


@pytest.mark.parametrize("path", sorted((ROOT / "experiments").glob("*.toml")))
def test_our_own_plans(path):
    """They are read, and each run's options are good."""
    plan = read_plan(path)
    performers = {(run.data, run.performer, run.category) for run in plan.runs}
    assert len(performers) == {"animals": 7, "paper": 28 + 4}[path.stem]
