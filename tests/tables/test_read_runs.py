"""Runs are found by the plan of an experiment, or by their results."""

import json

import pytest

from tf_explainer.errors import InputError
from tf_explainer.tables.run_numbers import Job, read_runs

LAYER = {"location_instability": 0.1, "skill": 0.2, "filters": 8}
RESULT = {
    "seed": 3,
    "data": {"name": "animals", "task": "single", "categories": ["cat", "x"]},
    "settings": {
        "performer": None,
        "backbone": "mobilenet",
        "variant": "explainer",
    },
    "layers": {
        "target": {**LAYER, "location_instability": 0.3},
        "top_conv": LAYER,
        "interp_2": {**LAYER, "location_instability": 0.05},
    },
    "controls": {"random": {"location_instability": 0.4}},
    "parts": {"found": {"head": {"filters": 5}}, "other": 2},
    "contributions": {
        "images": 9,
        "parts": {"head": 0.6},
        **{"other": 0.1, "ordinary": 0.2, "bias": 0.1},
    },
    "p": 0.9,
    "delta_error": 2.0,
    "performer": {"accuracy": 0.95},
    "explainer": {"accuracy": 0.93},
}
FACTS = {
    "data": "animals",
    "task": "single",
    "category": "cat",
    "performer": "mobilenet",
}


def test_results_describe_themselves(tmp_path):
    """Every number has its place, and errors are in percent."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "result.json").write_text(json.dumps(RESULT))
    (run,) = read_runs(tmp_path)
    assert run.job == Job(**FACTS, variant="explainer", seed=3)
    instability = "location_instability"
    assert run.values[instability, "target_layer"] == 0.3
    assert run.values[instability, "explainer"] == 0.05
    assert run.values[instability, "random"] == 0.4
    assert run.values["error", "performer"] == pytest.approx(5)
    assert run.values["error", "explainer"] == pytest.approx(7)
    assert run.parts == {"head": 5, "other": 2}
    shares = {"head": 0.6, "other": 0.1, "ordinary": 0.2, "bias": 0.1}
    assert run.shares == shares
    assert run.folder == tmp_path / "a"
    assert run.categories == ("cat", "x")


@pytest.mark.parametrize("variant", ["explainer", "plain"])
def test_controls_of_the_explainer_s_own_filters(tmp_path, variant):
    """Those of a baseline are others; a random place is the same for all."""
    controls = {name: LAYER for name in ("untrained", "shuffled", "random")}
    settings = {**RESULT["settings"], "variant": variant}
    result = {**RESULT, "controls": controls, "settings": settings}
    place = tmp_path / "renamed"
    place.mkdir()
    (place / "result.json").write_text(json.dumps(result))
    # A plan may call its variants as it likes.
    job = {**FACTS, "variant": "mine", "seed": 3, "folder": "renamed"}
    (tmp_path / "jobs.json").write_text(json.dumps([job]))
    (run,) = read_runs(tmp_path)
    assert run.job.variant == "mine"
    for name in ("untrained", "shuffled"):
        assert (("skill", name) in run.values) == (variant == "explainer")
    assert run.values["skill", "random"] == LAYER["skill"]


def test_plan(tmp_path):
    """Done, failed, begun and not begun; variants keep their names."""
    names = ("plain", "failed", "begun", "new")
    plan = [
        {**FACTS, "variant": name, "seed": 0, "folder": f"runs/{name}"}
        for name in names
    ]
    (tmp_path / "jobs.json").write_text(json.dumps(plan))
    (tmp_path / "runs" / "plain").mkdir(parents=True)
    (tmp_path / "runs" / "plain" / "result.json").write_text(json.dumps(RESULT))
    (tmp_path / "runs" / "begun" / ".tf_explainer").mkdir(parents=True)
    (tmp_path / "runs" / "failed.failed.txt").write_text("error: no data\n")
    # Numbers of an earlier attempt, with other options.
    (tmp_path / "runs" / "failed").mkdir()
    (tmp_path / "runs/failed/result.json").write_text(json.dumps(RESULT))
    runs = read_runs(tmp_path)
    assert [run.missing for run in runs] == [
        *("", "failed: error: no data", "begun, not finished", "not run yet")
    ]
    assert runs[0].values["p", "plain"] == 0.9


def test_two_results_of_one_job(tmp_path):
    """Neither may silently stand for the other."""
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "result.json").write_text(json.dumps(RESULT))
    with pytest.raises(InputError, match=r"two runs .*explainer, 3\): .*new "):
        read_runs(tmp_path)


def test_nothing_to_read(tmp_path):
    """No folder, an empty one, and files of another form."""
    with pytest.raises(InputError, match="`RUNS` must be a folder, received"):
        read_runs(tmp_path / "no")
    with pytest.raises(InputError, match="holds no result.json, received"):
        read_runs(tmp_path)
    for text, message in (("{", "cannot be read"), ("{}", "lacks 'settings'")):
        (tmp_path / "result.json").write_text(text)
        with pytest.raises(InputError, match=message):
            read_runs(tmp_path)
