"""The README says what the committed leaderboard says."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def module(load_script):
    """The script."""
    return load_script("results_table")


def test_readme_has_the_table(module):
    """Word for word; else print it anew with benchmarks/results_table.py."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert module.results_table() in text


def test_column_by_hand(module):
    """Means over seeds, and the worst seed beside the best filter."""
    runs = [
        {
            **{"accuracy": 0.75, "filters": 8, "alive": 4, "skill": skill},
            "parts": {
                "found": {
                    "head": {"filters": 3, "chosen_skill": skill},
                    "tail": {"filters": 0},
                }
            },
        }
        for skill in (0.25, 0.75)
    ]
    rows = {
        name: {"skill": -1.0, "location_instability": 0.05}
        for name in ("untrained", "top_conv", "constant_center")
    }
    runs[0]["jittered"] = {"skill": 0.5}
    found = module.column(runs, [{"rows": rows}], {"always": {"head": [0.9]}})
    assert found["skill of the filters"] == "0.50 ± 3.18"
    assert found[module.BEST] == "head 0.50 (0.25)"
    assert found["share of the live filters that stand for a part"] == (
        "head 0.75"
    )
    assert found[module.RIVALS] == "0 / −1.00 / −1.00 / –"
    assert found["live filters"] == "4 ± 0 of 8"
    moved = next(words for words in found if "moved" in words)
    assert found[moved] == "0.50 (1 of 2); –"
