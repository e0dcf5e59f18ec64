"""What part maps are worth, on the page and in the terminal."""

import io

from rich.console import Console

from tf_explainer.report.measures import definitions
from tf_explainer.report.part_measures import part_tables
from tf_explainer.runs.terminal import print_tables

NUMBERS = {
    **{"parts": 2, "nmi": 44.75, "ari": 20.5, "ami": 43.125},
    **{"one_to_one": 0.375, "one_to_one_found": 1},
    **{"largest_share": 0.5, "regression": 0.625},
}
SECTION = {
    **NUMBERS,
    "nmi_interval": [40.0, 48.0],
    "by_part": [
        {"landmark": "<head>", "skill": 0.75, "presence": 0.5},
        {"landmark": None, "presence": 1.0},
    ],
    "controls": {
        "<other>": {"parts": 2},
        "frame": {**NUMBERS, "nmi": 24.0, "one_to_one": 0.0},
    },
}
OUTLINES = {
    **{"images": 60, "nmi": 30.0, "ari": 40.0},
    "controls": {"frame": {"nmi": 10.0, "ari": 5.0}},
}


def test_every_number_beside_its_controls():
    """The result first; what is not known is a dash."""
    numbers, parts = part_tables({"part_maps": SECTION})
    assert [row[0] for row in numbers["rows"]] == [
        "Explainer (the result)",
        "Control: cells of the frame",
        "Control: <other>",
    ]
    assert numbers["columns"][1:4] == ["parts", "NMI", "ARI"]
    assert numbers["rows"][0][1:3] == ["2", "44.8"]
    assert numbers["rows"][1][2] == "24.0"
    assert numbers["rows"][2][1:] == ["2", *"–––––––"]
    assert [row[:3] for row in parts["rows"]] == [
        ["part 1", "<head>", "0.75"],
        ["part 2", "–", "–"],
    ]


def test_outlines_have_their_table():
    """With the same words for the same controls."""
    *_, outlines = part_tables(
        {"part_maps": SECTION, "part_outlines": OUTLINES}
    )
    assert "60 drawn animals" in outlines["title"]
    assert outlines["rows"] == [
        ["Explainer (the result)", "30.0", "40.0"],
        ["Control: cells of the frame", "10.0", "5.0"],
    ]


def test_without_landmarks_the_parts_alone():
    """And without part maps nothing."""
    section = {
        **{"parts": 1, "controls": {}},
        "by_part": [{"landmark": None, "presence": 0.25}],
    }
    (parts,) = part_tables({"part_maps": section})
    assert parts["rows"][0][:3] == ["part 1", "–", "–"]
    assert parts["rows"][0][3].startswith("25")
    assert part_tables({}) == []


def test_page_and_terminal_show_them(page, observation):
    """Where there are any; names are escaped, numbers defined."""
    text = page(observation, part_maps=SECTION)
    assert "Parts that compete" in text and "cells of the frame" in text
    assert "&lt;head&gt;" in text and "<head>" not in text.split("<body>")[1]
    assert "Parts that compete" not in page(observation)
    assert {"NMI, ARI, AMI", "One to one", "Regression"} <= set(definitions())
    screen = io.StringIO()
    tables = part_tables({"part_maps": SECTION})
    print_tables(tables, Console(file=screen, width=120))
    for word in ("44.8", "one to one", "<head>", "<other>"):
        assert word in screen.getvalue()
