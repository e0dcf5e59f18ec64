"""Numbers are checked before they are written."""

import json
import types

import pytest
from rich.console import Console

from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError
from tf_explainer.runs import explainer_steps as evaluate
from tf_explainer.runs.out_folder import OutFolder


@pytest.fixture
def job(tmp_path, observation, monkeypatch):
    """A run whose images have been looked at."""
    monkeypatch.setattr(evaluate, "observe", lambda *a: observation)
    for name in ("_filled_in", "_contributions"):
        monkeypatch.setattr(evaluate, name, lambda *a: {})
    reason = {"kind": "good", "text": "It is."}
    trust = {"verdict": "usable", "reasons": [reason]}
    trust |= {"images": 1, "agreement": 1.0}
    monkeypatch.setattr(evaluate, "_trust", lambda *a: trust)
    monkeypatch.setattr(evaluate, "_features", lambda *a: None)
    return types.SimpleNamespace(
        folder=OutFolder(tmp_path),
        settings=Settings(),
        dataset=types.SimpleNamespace(splits={"test": ()}),
        explainer=types.SimpleNamespace(part_names=("part 1", "tail")),
        console=Console(stderr=True),
    )


def test_broken_numbers_are_not_written(job, monkeypatch):
    """A result that breaks the schema leaves the old files as they were."""
    job.folder.result.write_text("old")
    monkeypatch.setattr(evaluate, "measure", lambda *a: {"p": float("nan")})
    with pytest.raises(InputError, match="NaN"):
        evaluate.evaluate(job)
    assert job.folder.result.read_text() == "old"
    assert not job.folder.observation.exists()


@pytest.mark.parametrize("names", [("part 1", "tail"), ()])
def test_names_of_parts_are_told(job, names):
    """In their order; filters alone have none."""
    job.explainer.part_names = names
    evaluate.evaluate(job)
    result = json.loads(job.folder.result.read_text("utf-8"))
    assert result.get("part_names", []) == [*names]
    assert ("part_names" in result) == bool(names)
