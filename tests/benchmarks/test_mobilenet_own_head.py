"""Which candidate is kept, by hand."""

import pytest


def chosen(script, tried):
    """Asks the script."""
    return script.chosen(
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
def test_highest_p_that_agrees_enough(load_script, tried, best):
    """Of those at 90 % on held-out images; if none is, the most faithful."""
    assert chosen(load_script("mobilenet_own_head"), tried) == best
