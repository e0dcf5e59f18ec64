"""Steps are done in order, once, and leave their record last."""

import io
import json
import sys
import types

import pytest
from rich.console import Console

from tf_explainer.errors import InputError
from tf_explainer.runs.opening import open_folder
from tf_explainer.runs.running import run
from tf_explainer.runs.step_order import STEPS


def opened(*arguments, **options):
    """Returns what an open folder holds; it is closed again."""
    with open_folder(*arguments, **options) as found:
        return found


@pytest.fixture
def steps(monkeypatch, few_numbers):
    """Replaces every step by one that only notes its name."""
    calls, errors, homes = [], {}, {}

    def fake(name):
        def step(job):
            calls.append(name)
            if name in errors:
                raise errors.pop(name)
            if name == "evaluate":
                job.folder.write_json(job.folder.result, {"p": 0.5})
            return {"history": {"loss": [1.0]}}

        return step

    for name, step in STEPS.items():
        home = f"tf_explainer.runs.{step.home}"
        module = homes.setdefault(home, types.ModuleType(home))
        setattr(module, name, fake(name))
        monkeypatch.setitem(sys.modules, home, module)
    return types.SimpleNamespace(calls=calls, errors=errors)


def _run(path, **flags):
    folder, settings = opened(path, tuple(STEPS), {}, **flags)
    text = io.StringIO()
    run(settings, folder, console=Console(file=text, width=80))
    return folder, text.getvalue()


def test_all_steps_in_order(tmp_path, steps):
    """Each is done once, recorded and timed; the result knows all times."""
    folder, shown = _run(tmp_path)
    assert steps.calls == list(STEPS)
    assert all(folder.is_done(name) for name in STEPS)
    record = folder.record("explain")
    assert record["history"] == {"loss": [1.0]}
    assert record["machine"]["threads"] >= 1
    result = json.loads(folder.result.read_text())
    assert list(result["seconds"]) == list(STEPS)
    assert "1/5 performer" in shown and "5/5 export" in shown


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError("full")])
def test_resume_goes_on_at_the_step_that_failed(tmp_path, steps, error):
    """Steps done before are not repeated, and no time is lost."""
    steps.errors["explain"] = error
    with pytest.raises(type(error)):
        _run(tmp_path)
    folder, shown = _run(tmp_path, resume=True)
    assert steps.calls == ["performer", "explain", *list(STEPS)[1:]]
    assert "1/5 performer: the CNN to explain — done before" in shown
    assert folder.seconds().keys() == STEPS.keys()


def test_step_that_fails_is_not_done(tmp_path, steps):
    """The record comes last, so that half a step counts as none."""
    steps.errors["evaluate"] = ValueError("broken")
    with pytest.raises(ValueError, match="broken"):
        _run(tmp_path)
    folder, _ = opened(tmp_path, tuple(STEPS), {}, resume=True)
    assert folder.is_done("explain") and not folder.is_done("evaluate")
    assert "evaluate" in folder.seconds()


def test_a_new_run_that_is_refused_costs_nothing(tmp_path, steps):
    """Told at the first step; told later, something new is there already."""
    old, _ = _run(tmp_path)
    old.performer.write_text("old")
    steps.errors["performer"] = InputError("`--data`: no such folder.")
    with pytest.raises(InputError):
        _run(tmp_path, overwrite=True)
    assert old.performer.read_text() == "old"
    assert all(old.is_done(name) for name in STEPS)
    steps.errors["explain"] = InputError("no layer 'relu44'")
    with pytest.raises(InputError):
        _run(tmp_path, overwrite=True)
    assert [name for name in STEPS if old.is_done(name)] == ["performer"]
    assert not old.result.exists() and not old.replaced.put_back()


def test_a_new_run_that_has_begun_is_kept(tmp_path, steps):
    """The user goes on with it, or overwrites once more."""
    old, _ = _run(tmp_path)
    steps.errors["performer"] = InputError("the loss is no number")
    opened(tmp_path, tuple(STEPS), {"seed": 1}, overwrite=True)
    (old.backup("performer") / "weights").write_text("epoch 1")
    with pytest.raises(InputError):
        _run(tmp_path, resume=True)
    assert old.is_begun("performer") and old.settings().seed == 1


def test_what_a_step_makes_out_of_date_is_told(tmp_path, steps):
    """With the command that makes it again."""
    folder, shown = _run(tmp_path)
    assert "out of date" not in shown
    for name, gone in (
        ("evaluate", "report.html"),
        ("explain", "result.json, report.html, saved_model/1"),
    ):
        for step, facts in STEPS.items():
            for file in facts.leaves:
                (tmp_path / file).parent.mkdir(exist_ok=True)
                (tmp_path / file).write_text("{}")
            folder.finish(step, {})
        _, settings = opened(tmp_path, [name], {}, overwrite=True)
        text = io.StringIO()
        run(settings, folder, [name], Console(file=text, width=80))
        again = f"tf-explainer run --out {tmp_path} --resume"
        assert f"out of date: {gone}; to" in text.getvalue()
        assert again in text.getvalue()
