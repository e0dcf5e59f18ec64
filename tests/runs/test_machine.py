"""Cores, memory and threads of the machine."""

import os
import subprocess
import sys

import pytest

from tf_explainer.runs import machine as module
from tf_explainer.runs.machine import (
    machine_facts,
    parallel_groups,
    usable_cores,
)

FACTS = """
import json
from tf_explainer.runs.machine import machine_facts
print(json.dumps(machine_facts()))
"""


def test_facts_of_this_process():
    """A processor with a name, and a thread at least."""
    facts = machine_facts()
    assert facts["processor"]
    assert facts["threads"] >= 1 and facts["threads_beside"] >= 1


def test_threads_are_those_of_the_environment():
    """As `experiment` sets them."""
    limits = {"TF_NUM_INTRAOP_THREADS": "3", "TF_NUM_INTEROP_THREADS": "5"}
    done = subprocess.run(
        [sys.executable, "-c", FACTS],
        capture_output=True,
        text=True,
        env={**os.environ, **limits},
        check=True,
    )
    assert '"threads": 3' in done.stdout
    assert '"threads_beside": 5' in done.stdout


@pytest.mark.parametrize(
    ("quota", "affinity", "expected"),
    [
        (None, 8, 8),
        ("max 100000", 3, 3),
        ("250000 100000", 8, 2),
        ("50000 100000", 8, 1),
    ],
)
def test_the_smallest_limit_counts(
    monkeypatch, tmp_path, quota, affinity, expected
):
    """Of a machine with eight; one at least."""
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setattr(
        os, "sched_getaffinity", lambda _: set(range(affinity)), raising=False
    )
    file = tmp_path / "cpu.max"
    if quota:
        file.write_text(quota + "\n")
    monkeypatch.setattr(module, "_QUOTA", file)
    assert usable_cores() == expected


@pytest.mark.parametrize(
    ("groups", "free", "cores", "expected"),
    [(9, 64.0, 4, 4), (9, 14.0, 4, 2), (1, 64.0, 4, 1), (9, 1.0, 4, 1)],
)
def test_cores_memory_and_groups_are_limits(
    monkeypatch, groups, free, cores, expected
):
    """5 GiB each, one a core, and one at least."""
    monkeypatch.setattr(module, "_free_gib", lambda: free)
    monkeypatch.setattr(module, "usable_cores", lambda: cores)
    assert parallel_groups(groups) == expected


def test_memory_of_this_machine():
    """A positive number of GiB, less than a petabyte."""
    assert 0 < module._free_gib() < 2**20


@pytest.mark.parametrize(
    ("limit", "free"),
    [
        (str(3 * 2**30), 2.75),
        ("max", float("inf")),
        (None, float("inf")),
    ],
)
def test_limit_of_a_container(monkeypatch, limit, free):
    """It may be far below the memory of the machine."""
    told = {
        "memory.max": limit,
        "memory.current": str(2**29),
        "memory.stat": f"anon 5\ninactive_file {2**28}",
    }

    def read_text(path, encoding):
        if limit is None:
            raise FileNotFoundError(path)
        return f"{told[path.name]}\n"

    monkeypatch.setattr(module.Path, "read_text", read_text)
    assert module._free_in_container() == free
