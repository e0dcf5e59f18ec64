"""Numbers of a grid do not depend on how many runs go beside each other."""

import io
import sys

import pytest
from rich.console import Console

from tf_explainer.experiments.grid import Experiment
from tf_explainer.experiments.plan import read_plan


@pytest.mark.parametrize("parallel", [1, 4])
def test_threads_are_those_asked_for(
    plan_file, tmp_path, monkeypatch, parallel
):
    """However many processes run, and whatever the shell says."""
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "7")
    out = tmp_path / "runs"
    experiment = Experiment(read_plan(plan_file), out, threads=2)
    script = tmp_path / "python"
    said = "import os, sys; print(sorted(x for x in os.environ.items() if "
    said += "'OP_THREADS' in x[0]), file=sys.stderr)"
    script.write_text(f"#!{sys.executable}\n{said}\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    experiment.run(parallel, only="small/cat/seed0/explainer")
    failed = out / "animals/small/cat/seed0/explainer.failed.txt"
    names = ("TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS")
    assert str([(name, "2") for name in names]) in failed.read_text()


def test_runs_of_other_threads_are_told(plan_file, tmp_path, calls):
    """Their numbers stand in the same tables."""
    out, told = tmp_path / "runs", io.StringIO()
    Experiment(read_plan(plan_file), out).run()
    facts = {"processor": "x", "threads": 4, "threads_beside": 4}
    experiment = Experiment(read_plan(plan_file), out, Console(file=told))
    run = experiment.plan.runs[0]
    experiment.files(run).folder.finish("explain", {"machine": facts})
    experiment.run()
    assert "1 of the runs done had 4 threads, not 1" in told.getvalue()
