"""Contributions of parts, over seeds."""

import dataclasses

from tf_explainer.tables.part_tables import filter_shares, part_shares


def test_percent_in_the_order_of_the_pieces(make_run):
    """Parts first, then other filters, ordinary track and biases."""
    shares = {"other": 0.1, "bias": 0.2, "ordinary": 0.3, "head": 0.4}
    runs = [make_run(0, seed=0), make_run(0, seed=1)]
    runs = [dataclasses.replace(run, shares=shares) for run in runs]
    table = part_shares("pascal_part", runs)
    assert table.columns == ("head", "other", "ordinary", "bias")
    (row,) = table.rows
    assert row.model == "explainer, cat"
    assert [cell.mean for cell in row.cells] == [40.0, 10.0, 30.0, 20.0]


def test_runs_without_shares_say_why(make_run):
    """Several categories are called so; one run had nothing to measure."""
    told = dataclasses.replace(make_run(0, "average"), shares={"other": 1.0})
    table = part_shares("pascal_part", [told, make_run(0, "dog")])
    several, dog = table.rows
    assert several.model == "explainer, several categories"
    assert "scores that are not above 0" in dog.cells[0].missing


def test_shares_among_the_filters(make_run):
    """Sizes, whatever their sign and whatever passes the filters by."""
    shares = {"other": 0.1, "bias": 9.0, "ordinary": -9.0, "head": -0.3}
    runs = [
        dataclasses.replace(make_run(0), shares=shares),
        dataclasses.replace(make_run(0, "dog"), shares={"other": 0.0}),
    ]
    table = filter_shares("pascal_part", runs)
    assert table.columns == ("head", "other")
    cat, dog = table.rows
    assert [round(cell.mean, 9) for cell in cat.cells] == [75.0, 25.0]
    assert "filters that give nothing" in dog.cells[0].missing
