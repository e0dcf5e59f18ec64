"""Which candidate is kept, by hand."""

import importlib.util
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def chosen(tried):
    """Loads the script and asks it."""
    name = "mobilenet_own_head"
    spec = importlib.util.spec_from_file_location(
        name, BENCHMARKS / f"{name}.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.chosen(
        {
            name: {
                "p": p,
                "held_out": {"agreement": held},
                "train": {"agreement": 1 - held},
            }
            for name, (p, held) in tried.items()
        }
    )


@pytest.mark.parametrize(
    ("tried", "best"),
    [
        ({"a": (0.1, 0.97), "b": (0.3, 0.91), "c": (0.6, 0.89)}, "b"),
        ({"a": (0.1, 0.9), "b": (0.6, 0.5)}, "a"),
        ({"a": (0.1, 0.8), "b": (0.9, 0.7)}, "a"),
        ({"a": (0.9, 0.7), "b": (0.1, 0.8)}, "b"),
    ],
)
def test_highest_p_that_agrees_enough(tried, best):
    """Of those at 90 % on held-out images; if none is, the most faithful."""
    assert chosen(tried) == best
