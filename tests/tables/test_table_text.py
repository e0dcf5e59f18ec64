"""Tables as text."""

import csv
import dataclasses
import io
import re

import pytest

from tf_explainer.errors import InputError
from tf_explainer.tables.table import (
    Cell,
    Row,
    Table,
    spreadsheet_cell,
    table_text,
)

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
    assert "| −1.500 (−0.500; −1.000) |" in table_text([table], "markdown")


def test_zero_has_no_sign():
    """What rounds to zero is zero."""
    row = Row("vgg_m", "explainer", (Cell(-1e-9, None, 1, 0.0),))
    table = dataclasses.replace(TABLE, columns=("cat",), rows=(row,))
    assert "| 0.000 (0.000; +0.000) |" in table_text([table], "markdown")


def test_table_2_tells_of_the_exchange():
    """The paper's own Table 2 has its columns the other way round."""
    table = dataclasses.replace(TABLE, number=2)
    assert "are exchanged" in table_text([table], "markdown")
    assert "are exchanged" not in table_text([TABLE], "markdown")


def test_any_character_in_a_name():
    """Categories and reasons are the user's: they break no table."""
    why = r"failed: C:\new {x} $5 ~ 3^2 <a & b> | 100%"
    table = dataclasses.replace(
        TABLE,
        columns=("cat & dog | #1",),
        rows=(Row("a_b", "x", (Cell(missing=why),)),),
    )
    markdown = table_text([table], "markdown").splitlines()
    bars = {
        line.replace(r"\|", "").count("|") for line in markdown if "|" in line
    } - {1}
    assert bars == {4}
    text = table_text([table], "latex")
    assert r"cat \& dog | \#1 \\" in text
    assert r"C:\textbackslash{}new \{x\} \$5 \textasciitilde{} 3" in text
    assert r"$<$a \& b$>$ | 100\%" in text
    bare = re.sub(r"\\[&%$#{}_]", "", text)
    assert bare.count("{") == bare.count("}") and bare.count("$") % 2 == 0
    head, row = [line for line in bare.splitlines() if " & " in line]
    assert (head.count("&"), row.count("&")) == (2, 2)


def test_paper_s_numbers_as_printed():
    """With its own digits, whatever those of ours."""
    row = Row("vgg_m", "explainer", (Cell(0.9, None, 1, 0.7, "", 2),))
    table = dataclasses.replace(TABLE, columns=("cat",), rows=(row,))
    assert "| 0.900 (0.70; +0.200) |" in table_text([table], "markdown")


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


def test_no_cell_is_run():
    """A name that a spreadsheet would take for a formula is a text."""
    hostile = dataclasses.replace(TABLE, columns=("=1+1", "@SUM(1)"))
    rows = list(csv.DictReader(io.StringIO(table_text([hostile], "csv"))))
    assert [row["column"] for row in rows] == ["'=1+1", "'@SUM(1)"]
    assert spreadsheet_cell(-1.5) == -1.5 and spreadsheet_cell("a=1") == "a=1"


def test_unknown_form():
    """The forms are named."""
    with pytest.raises(InputError, match="'markdown'], received 'html'"):
        table_text([TABLE], "html")
