"""Cores that a container leaves."""

import os
import sys

import pytest

from tf_explainer.steps.usable_cores import usable_cores

MODULE = sys.modules[usable_cores.__module__]


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
    monkeypatch.setattr(MODULE, "_QUOTA", file)
    assert usable_cores() == expected
