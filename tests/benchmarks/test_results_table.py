"""Documentation and README say what the committed leaderboard says."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def module(load_script):
    """The script."""
    return load_script("results_table")


def test_documentation_has_the_table(module):
    """Word for word; else print it anew with benchmarks/results_table.py."""
    page = ROOT / "docs" / "pages" / "results.md"
    assert module.results_table() in page.read_text(encoding="utf-8")


def test_column_by_hand(module):
    """Means over seeds, controls beside them."""
    runs = [
        {"accuracy": 0.75, "filters": 8, "alive": 4, "skill": skill}
        for skill in (0.25, 0.75)
    ]
    rows = {
        name: {"skill": -1.0, "location_instability": 0.05}
        for name in ("untrained", "top_conv", "constant_center")
    }
    runs[0]["jittered"] = {"skill": 0.5}
    found = module.column(runs, [{"rows": rows}])
    assert found["seeds"] == "2"
    assert found["skill of the filters; a constant place has 0"] == (
        "0.50 ± 3.18"
    )
    assert found["skill of an untrained explainer"] == "−1.00"
    assert found["skill with the peaks of another image"] == "–"
    assert found["live filters"] == "4 ± 0 of 8"
    assert found["skill on moved crops"] == "0.50 (1 of 2)"
    assert found["skill of an untrained explainer on moved crops"] == "–"
    assert found["location instability of a constant center"] == "0.050"
