"""Runs are found, or it is said what is missing."""

import io

import pytest
from rich.console import Console

from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError
from tf_explainer.evaluation.observation import save_observation
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.runs.reading import compare_runs, print_comparison


@pytest.fixture
def run(tmp_path, observation):
    """An `--out` folder with nothing but an observation; no markup."""
    folder = OutFolder(tmp_path / "run [one]")
    folder.store_settings(Settings())
    save_observation(observation, folder.observation)
    return folder.path


def test_the_numbers_are_printed(run):
    """Every measure with its interval, in words what the last column is."""
    screen = io.StringIO()
    console = Console(file=screen, width=100)
    print_comparison(compare_runs(run, run), (run, run), console)
    shown = screen.getvalue()
    for word in ("skill", "accuracy", "coverage", "0.000 to +0.000", "1.00"):
        assert word in shown
    assert "not of other seeds" in shown
    assert f"A: {run}" in shown and f"B: {run}" in shown


def test_no_run(run, tmp_path):
    """The argument is named."""
    with pytest.raises(InputError, match=r"`RUN_B` must be the --out folder"):
        compare_runs(run, tmp_path)


def test_not_evaluated_yet(run, tmp_path):
    """What to do is told."""
    (run / ".tf_explainer" / "observation.npz").unlink()
    with pytest.raises(InputError, match="tf-explainer evaluate --out"):
        compare_runs(run, run)
