"""Runs that share a performer, in one process, on tiny images."""

import json

import pytest
from rich.console import Console

from tf_explainer.evaluation.result import validate_result
from tf_explainer.experiments import group as module
from tf_explainer.experiments.grid import NUMBERS, toml_text
from tf_explainer.experiments.group import RunFiles, run_group

OPTIONS = {
    "image_size": 32,
    "data_option": {"train": 18, "test": 12},
    **{"performer_epochs": 1, "epochs": 2, "batch_size": 12},
}


def _write(out, **options):
    files = RunFiles(out)
    files.config.parent.mkdir(parents=True, exist_ok=True)
    files.config.write_text(toml_text(options))
    return files


@pytest.fixture(scope="module")
def group(tmp_path_factory):
    """Three variants, one of them with a wrong option, and what was told."""
    out = tmp_path_factory.mktemp("runs") / "data/net/multi/seed0"
    shared = {**OPTIONS, "data_dir": str(tmp_path_factory.mktemp("data"))}
    first = _write(out / "explainer", **shared)
    shared.pop("image_size"), shared.pop("performer_epochs")
    shared["performer"] = str(first.folder.performer)
    wrong = _write(out / "wrong", **shared, target_layer="no_layer")
    plain = _write(out / "plain", **shared, variant="plain")
    told = Console(record=True, width=200)
    paths = [files.folder.path for files in (first, wrong, plain)]
    return (first, wrong, plain), run_group(paths, NUMBERS, told), told


@pytest.mark.slow
def test_each_run_has_its_numbers_or_a_reason(group):
    """One that fails stops no other."""
    (first, wrong, plain), status, told = group
    assert status == 0
    for files in (first, plain):
        assert files.state(NUMBERS) == "done"
        result = json.loads(files.folder.result.read_text())
        assert validate_result(result) is None
        shares = result["contributions"]
        total = sum(shares["parts"].values()) + shares["other"]
        total += shares["ordinary"] + shares["bias"]
        assert total == pytest.approx(1, abs=1e-4)
        assert not files.folder.report.exists()
    assert result["settings"]["explainer"]["mask"] == "none"
    assert wrong.state(NUMBERS) == "failed"
    assert "no_layer" in wrong.failed.read_text()
    assert "Traceback" in wrong.log.read_text()
    text = told.export_text()
    assert text.count("begun ") == 3 and text.count("done ") == 2


def test_stopped_by_the_user(tmp_path, monkeypatch):
    """It says so at once; nothing has failed."""

    def stop(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "run", stop)
    files = _write(tmp_path / "one", **OPTIONS)
    assert run_group([files.folder.path], NUMBERS, Console()) == 130
    assert not files.failed.exists()
