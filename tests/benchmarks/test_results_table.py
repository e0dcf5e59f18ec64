"""The README says what the committed runs say."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_readme_has_the_table():
    """Word for word; else print it anew with benchmarks/results_table.py."""
    spec = importlib.util.spec_from_file_location(
        "results_table", ROOT / "benchmarks" / "results_table.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert module.results_table() in text
