"""Numbers that outlive the models of a grid."""

import json

import pytest

from tf_explainer.errors import InputError
from tf_explainer.steps.experiment import Experiment
from tf_explainer.steps.experiment_plan import read_plan


def test_numbers_only(plan_file, tmp_path, calls):
    """Models go with the last run of their group; what is done stays done."""
    out = tmp_path / "runs"
    calls.fails.append("mobile/dog/seed1/plain")
    plan = read_plan(plan_file)
    experiment = Experiment(plan, out, numbers_only=True)
    assert experiment.run(parallel=2) == 1
    # The failed run still needs the performer of its group.
    assert [f.parent.parent.name for f in out.rglob("performer.keras")] == [
        "seed1"
    ]
    kept = out / "animals/small/cat/seed0/plain.numbers.json"
    numbers = json.loads(kept.read_text())
    assert numbers["settings"]["performer"] == "explainer/performer.keras"
    assert numbers["p"] == 0.9 and "filters" not in numbers
    assert not (kept.parent / "plain").exists()
    # Brought to another machine they are done there, too.
    moved = out.rename(tmp_path / "moved")
    calls.fails.clear()
    calls.made.clear()
    assert Experiment(plan, moved, numbers_only=True).run() == 0
    assert calls.made == [["animals/mobile/dog/seed1/plain"]]
    assert not list(moved.rglob("performer.keras"))
    states = {Experiment(plan, moved).state(run) for run in plan.runs}
    assert states == {"done"}
    # A report needs the models.
    whole = Experiment(plan, moved, report=True)
    assert {whole.state(run) for run in plan.runs} == {"to do"}
    with pytest.raises(InputError, match="`--numbers-only` keeps no report"):
        Experiment(plan, moved, report=True, numbers_only=True)


def test_numbers_of_another_plan(plan_file, tmp_path, calls):
    """They are as little those of this plan as whole runs would be."""
    out = tmp_path / "runs"
    Experiment(read_plan(plan_file), out, numbers_only=True).run()
    text = plan_file.read_text()
    plan_file.write_text(text.replace("epochs = 3", "epochs = 4"))
    plan = read_plan(plan_file)
    states = {Experiment(plan, out).state(run) for run in plan.runs}
    assert states == {"changed"}
