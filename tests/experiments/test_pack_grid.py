"""A grid that goes on elsewhere."""

import importlib.util
import tarfile
from pathlib import Path

import pytest

from tf_explainer.errors import InputError
from tf_explainer.experiments.grid import Experiment
from tf_explainer.experiments.plan import read_plan

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def pack():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location(
        "pack_grid", BENCHMARKS / "pack_grid.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_was_done_is_done_elsewhere(
    pack, plan_file, tmp_path, calls, capsys
):
    """Without the groups that are not; no path of this machine goes along."""
    out, file = tmp_path / "runs", tmp_path / "kept.tgz"
    calls.fails.append("mobile/dog/seed1/plain")
    plan = read_plan(plan_file)
    Experiment(plan, out).run()
    pack.main([str(out), str(file)])
    assert "22 runs packed" in capsys.readouterr().out
    elsewhere = tmp_path / "elsewhere"
    with tarfile.open(file) as archive:
        archive.extractall(elsewhere, filter="data")
    assert not any(
        str(tmp_path) in path.read_text()
        for path in elsewhere.rglob("*")
        if path.is_file()
    )
    calls.fails.clear()
    calls.made.clear()
    there = Experiment(plan, elsewhere)
    assert there.run() == 0
    group = "animals/mobile/dog/seed1"
    assert calls.made == [[f"{group}/explainer", f"{group}/plain"]]
    # From the old folder that group would be lost.
    pack.main([str(elsewhere), str(file)])
    assert "24 runs packed" in capsys.readouterr().out
    with pytest.raises(InputError, match=f"lacks, such as {group}/explainer"):
        pack.pack_grid(out, file)


def test_the_committed_grid_is_that_of_the_committed_plan(tmp_path):
    """Who unpacks it goes on with it: nothing counts as changed."""
    root = BENCHMARKS.parent
    with tarfile.open(BENCHMARKS / "results/animals_grid.tgz") as archive:
        archive.extractall(tmp_path, filter="data")
    plan = read_plan(root / "experiments/animals.toml")
    grid = Experiment(plan, tmp_path)
    states = [grid.state(run) for run in plan.runs]
    assert set(states) <= {"done", "to do"} and "done" in states


def test_no_grid(pack, tmp_path):
    """Told, not packed as an empty one."""
    with pytest.raises(InputError, match=r"`runs` must hold jobs\.json"):
        pack.pack_grid(tmp_path, tmp_path / "x.tgz")
    assert not (tmp_path / "x.tgz").exists()
