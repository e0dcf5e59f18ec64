"""What is said part by part is what the committed leaderboard says."""

from pathlib import Path

import pytest

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"


@pytest.fixture(scope="module")
def module(load_script):
    """The script."""
    return load_script("parts_table")


def test_findings_have_the_tables(module, capsys):
    """Word for word; else print them anew with benchmarks/parts_table.py."""
    module.main()
    text = (RESULTS / "findings.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out.strip() in text


def test_table_by_hand(module):
    """Mean and worst seed; a part that no filter stands for."""
    runs = [
        {
            "alive": 4,
            "parts": {
                "found": {
                    "head": {"filters": 3, "chosen_skill": skill},
                    "tail": {"filters": 0},
                }
            },
        }
        for skill in (0.25, 0.75)
    ]
    controls = [{"rows": {"untrained": {}}}]
    table = module.parts_table(runs, controls, {"head": [0.9, 0.7]})
    assert table.splitlines()[2:] == [
        "| head | 0.75 | 0.50 | 0.25 | – | 0.80 |",
        "| tail | 0.00 | – | – | – | – |",
    ]
