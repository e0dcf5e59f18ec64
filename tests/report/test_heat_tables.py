"""Faithfulness of heat maps, on the page."""

from tf_explainer.evaluation.causal import HEATS
from tf_explainer.evaluation.causal.heat_faithfulness import MEASURES
from tf_explainer.report.full_measures import full_tables
from tf_explainer.report.heat_maps import _COLUMNS, _HEATS, heat_tables
from tf_explainer.report.measures import definitions

FOUND = {
    **{"images": 5, "steps": 4, "subsets": 8, "draws": 2, "fill": "blur"},
    "deletion": {"random": 0.5, "random_interval": [0.25, 0.75]},
    "insertion": {"explainer": 0.75, "random": 0.5},
    "mu_fidelity": {"<mine>": -0.25},
    "max_sensitivity": {"random": 1.25},
}


def test_a_row_for_each_heat_map():
    """With its interval; the controls last, then what is registered since."""
    (table,) = heat_tables(FOUND)
    assert "5 images, 4 steps, 8 subsets" in table["title"]
    assert [row[0] for row in table["rows"]] == [
        *(_HEATS["explainer"], _HEATS["random"], "<mine>"),
    ]
    assert [row[1:] for row in table["rows"]] == [
        ["–", "0.75", "–", "–"],
        ["0.50 (0.25 to 0.75)", "0.50", "–", "1.25"],
        ["–", "–", "\N{MINUS SIGN}0.25", "–"],
    ]
    assert len(table["columns"]) == 5


def test_only_where_there_is_one(result):
    """Behind `--full`; the terminal has the same."""
    assert not [*heat_tables({})] and full_tables(result) == []
    (table,) = full_tables({**result, "faithfulness": FOUND})
    assert [table] == [*heat_tables(FOUND)]


def test_every_heat_map_and_measure_has_words():
    """Each its own; the page says what they mean and what chance is."""
    assert set(_HEATS) == set(HEATS.names())
    assert set(_COLUMNS) == set(MEASURES)
    told = definitions()
    for title in _COLUMNS.values():
        (term,) = (
            name for name in told if title.lower().startswith(name.lower())
        )
        assert told[term].endswith(".")
