"""Numbers are checked before they are written."""

import types

import pytest
from rich.console import Console

from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError
from tf_explainer.runs import explainer_steps as evaluate
from tf_explainer.runs.out_folder import OutFolder


def test_broken_numbers_are_not_written(tmp_path, monkeypatch):
    """A result that breaks the schema leaves the old files as they were."""
    folder = OutFolder(tmp_path)
    folder.result.write_text("old")
    monkeypatch.setattr(evaluate, "observe", lambda *a: None)
    monkeypatch.setattr(evaluate, "measure", lambda *a: {"p": float("nan")})
    for name in ("_filled_in", "_contributions", "_trust"):
        monkeypatch.setattr(evaluate, name, lambda *a: {})
    monkeypatch.setattr(evaluate, "_features", lambda *a: None)
    job = types.SimpleNamespace(
        folder=folder,
        settings=Settings(),
        dataset=types.SimpleNamespace(splits={"test": ()}),
        explainer=None,
        console=Console(stderr=True),
    )
    with pytest.raises(InputError, match="NaN"):
        evaluate.evaluate(job)
    assert folder.result.read_text() == "old"
