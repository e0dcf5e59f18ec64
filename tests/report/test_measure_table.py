"""The table of measures takes in what is registered."""

import copy

from tf_explainer.evaluation.metrics import METRICS
from tf_explainer.report.measures import definitions, measure_table


def test_rows_and_columns(result):
    """The known rows first; each registered measure is a column."""
    table = measure_table(result)
    assert [row["name"] for row in table["rows"]][:8] == [
        "interp_2",
        "interp_1",
        "top_conv",
        "target",
        "untrained",
        "constant_center",
        "constant_mean",
        "random",
    ]
    assert len(table["columns"]) == len(METRICS.names())
    assert all(
        len(row["cells"]) == len(table["columns"]) for row in table["rows"]
    )


def test_cells(result):
    """The number, and beside it interval or total."""
    table = measure_table(result)
    cells = dict(zip(table["columns"], table["rows"][0]["cells"], strict=True))
    low, high = result["layers"]["interp_2"]["skill_interval"]
    assert cells["Skill"]["note"] == f"{low:.2f} to {high:.2f}"
    assert cells["Live filters"] == {"text": "6", "note": "of 7"}


def test_a_later_control_has_a_row(result):
    """A control registered by somebody else needs no edit here."""
    more = copy.deepcopy(result)
    more["controls"]["saliency"] = {"skill": 0.125}
    row = measure_table(more)["rows"][-1]
    assert row["title"] == "Control: saliency"
    assert row["cells"][0]["text"] == "0.12"


def test_every_column_is_defined(result):
    """No number without its sentence."""
    assert set(measure_table(result)["columns"]) <= set(definitions())
