"""How many processes fit."""

import pytest

from tf_explainer.steps import parallel_groups as module
from tf_explainer.steps.parallel_groups import parallel_groups


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
