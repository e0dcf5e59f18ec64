"""Tables as text."""

import csv
import dataclasses
import io

import pytest

from tf_explainer.errors import InputError
from tf_explainer.tables.table import Cell, Row, Table
from tf_explainer.tables.table_text import table_text

CELLS = (Cell(0.0904, 0.0012, 3, 0.088), Cell(missing="no run", paper=0.097))
TABLE = Table(
    number=1,
    data="pascal_part",
    reference="pascal_part",
    columns=("cat", "average"),
    rows=(Row("vgg_m", "top_conv", CELLS, "location_instability"),),
    digits=3,
)


def test_markdown():
    """Mean, interval, the paper's number and the difference; why not."""
    text = table_text([TABLE], "markdown")
    cells = "0.090 ± 0.001 (0.088; +0.002) | – (0.097) [1]"
    line = f"| vgg_m | top conv-layer | {cells} |"
    assert line in text.splitlines()
    assert "[1] no run" in text
    widths = {line.count("|") for line in text.splitlines() if "|" in line}
    assert widths == {5}


def test_minus_is_a_minus():
    """Ours, the paper's and the difference."""
    row = Row("vgg_m", "explainer", (Cell(-1.5, None, 1, -0.5),))
    table = dataclasses.replace(TABLE, columns=("cat",), rows=(row,))
    assert "| −1.500 (−0.5; −1.000) |" in table_text([table], "markdown")


def test_latex():
    """Special characters are escaped, columns and lines are whole."""
    text = table_text([TABLE], "latex")
    assert (
        r"vgg\_m & top conv-layer & 0.090 $\pm$ 0.001 (0.088; +0.002)" in text
    )
    assert r"\begin{tabular}{llrr}" in text
    assert "_" not in text.replace(r"\_", "")
    assert text.count(r"\\") == 2


def test_csv():
    """One line a number, to calculate with."""
    rows = list(csv.DictReader(io.StringIO(table_text([TABLE], "csv"))))
    assert [row["column"] for row in rows] == ["cat", "average"]
    assert float(rows[0]["difference"]) == pytest.approx(0.0024)
    assert rows[0]["measure"] == "location_instability"
    assert rows[1]["ours"] == "" and rows[1]["missing"] == "no run"


def test_unknown_form():
    """The forms are named."""
    with pytest.raises(InputError, match="'markdown'], received 'html'"):
        table_text([TABLE], "html")
