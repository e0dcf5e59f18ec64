"""The paper's tables from made runs, by hand."""

import dataclasses

import pytest

from tf_explainer.tables.paper_tables import make_tables


def cell(tables, number, model, column, performer="vgg_m", measure=None):
    """Returns one cell."""
    table = next(table for table in tables if table.number == number)
    row = next(
        row
        for row in table.rows
        if (row.performer, row.model) == (performer, model)
        and measure in (None, row.measure)
    )
    return row.cells[table.columns.index(column)]


def test_mean_interval_and_difference(make_run):
    """Two seeds: t with one degree of freedom is 12.706."""
    runs = [
        make_run(0.08, seed=0),
        make_run(0.10, seed=1),
        make_run(0.1, "dog"),
    ]
    found = cell(make_tables(runs), 1, "explainer", "cat")
    assert found.mean == pytest.approx(0.09)
    assert found.half == pytest.approx(12.7062 * 0.01, rel=1e-4)
    assert (found.seeds, found.paper) == (2, 0.088)
    assert found.difference == pytest.approx(0.002)
    baseline = cell(make_tables(runs), 1, "top_conv", "dog")
    assert (baseline.mean, baseline.half, baseline.paper) == (0.2, None, 0.130)


def test_digits_of_the_paper(make_run):
    """Two for one category in Table 4, four for several."""
    tables = make_tables([make_run(0.1), make_run(0.1, "average")])
    digits = [
        cell(tables, 4, "explainer", column).paper_digits
        for column in ("cat", "several categories")
    ]
    assert digits == [2, 4]


def test_average_needs_all_categories(make_run):
    """The mean over categories of each seed that has them all."""
    runs = [
        make_run(value, category, seed)
        for seed, values in enumerate([(0.1, 0.2), (0.3, 0.4)])
        for value, category in zip(values, ("cat", "dog"), strict=True)
    ]
    average = cell(make_tables(runs), 1, "explainer", "average")
    assert average.mean == pytest.approx(0.25)
    assert average.seeds == 2
    runs = [make_run(0.1), make_run(0.0, "dog", missing="not run yet")]
    average = cell(make_tables(runs), 1, "explainer", "average")
    assert average.mean is None
    assert average.missing == "seed 0: 1 of 2 categories"
    runs += [make_run(0.1, seed=1), make_run(0.3, "dog", seed=1)]
    average = cell(make_tables(runs), 1, "explainer", "average")
    assert (average.mean, average.seeds) == (pytest.approx(0.2), 1)
    assert average.missing == "seed 0: 1 of 2 categories"


def test_average_of_other_categories(make_run):
    """The paper's average is over six animals: two of them are no match."""
    names = ("bird", "cat", "cow", "dog", "horse", "sheep")
    for count, paper in ((6, 0.097), (2, None)):
        tables = make_tables([make_run(0.1, name) for name in names[:count]])
        average = cell(tables, 1, "explainer", "average")
        assert (average.mean, average.paper) == (pytest.approx(0.1), paper)
        assert cell(tables, 1, "explainer", "cat").paper == 0.088


def test_several_other_categories(make_run):
    """The paper's six animals are harder to tell apart than two."""
    names = ("bird", "cat", "cow", "dog", "horse", "sheep")
    for count, paper in ((6, 0.097), (2, None)):
        run = make_run(0.1, "average")
        run = dataclasses.replace(run, categories=names[:count])
        found = cell(make_tables([run]), 1, "explainer", "several categories")
        assert (found.mean, found.paper) == (0.1, paper)


def test_missing_cells_say_why(make_run):
    """No run, a run that failed, and one seed of two."""
    runs = [
        make_run(0.1, seed=0),
        make_run(0.0, seed=1, missing="failed: no disk"),
        make_run(0.0, "dog", missing="not run yet"),
    ]
    tables = make_tables(runs)
    assert (
        cell(tables, 1, "explainer", "cat").missing == "seed 1: failed: no disk"
    )
    assert cell(tables, 1, "explainer", "dog").missing == "seed 0: not run yet"
    for model in ("top_conv", "constant_center"):
        assert cell(tables, 1, model, "dog").missing == "seed 0: not run yet"
    other = cell(tables, 1, "explainer", "cat", performer="alexnet")
    assert (other.mean, other.paper, other.missing) == (None, 0.089, "no run")


def test_controls_and_variants_are_extra_rows(make_run):
    """Behind the paper's rows, without numbers of the paper."""
    runs = [make_run(0.1), make_run(0.1, "dog")]
    runs += [make_run(0.3, c, variant="plain") for c in ("cat", "dog")]
    table = next(t for t in make_tables(runs) if t.number == 5)
    models = [row.model for row in table.rows if row.performer == "vgg_m"]
    assert models == [
        *("target_layer", "top_conv", "explainer", "plain", "constant_center"),
    ]
    assert cell([table], 5, "plain", "dog").mean == 0.3
    assert cell([table], 5, "constant_center", "dog").paper is None


def test_which_tables(make_run):
    """Several categories have no Table 5; birds of CUB have Table 6."""
    birds = {"data": "cub200_parts", "category": "bird"}
    runs = [make_run(0.1, "average"), make_run(0.05, **birds)]
    made = [(table.number, table.data) for table in make_tables(runs)]
    both = [("pascal_part", n) for n in (1, 2, 3, 4, 7, 8)]
    both += [("cub200_parts", n) for n in (1, 2, 4, 6, 7, 8)]
    assert sorted(made) == sorted((n, data) for data, n in both)


def test_birds_of_other_data(make_run):
    """Table 5 has the paper's numbers of birds, unless CUB's are asked for."""
    birds = {"category": "bird", "data": "animals"}
    for like, number, paper in (
        ("pascal_part", 5, 0.106),
        ("cub200_parts", 6, 0.0815),
        (None, 5, None),
    ):
        tables = make_tables([make_run(0.1, **birds)], like=like)
        assert {t.number for t in tables} & {5, 6} == {number}
        assert cell(tables, number, "explainer", "bird").paper == paper


def test_other_data_beside_the_paper(make_run):
    """Numbers of the paper stand beside other data only on demand."""
    runs = [make_run(0.1, c, data="animals") for c in ("cat", "dog")]
    alone = make_tables(runs)
    assert cell(alone, 1, "explainer", "cat").paper is None
    assert {row.performer for row in alone[0].rows} == {"vgg_m"}
    beside = make_tables(runs, like="pascal_part")
    assert cell(beside, 1, "explainer", "cat").paper == 0.088
    references = {table.number: table.reference for table in beside}
    assert (references[1], references[8]) == ("pascal_part", "")


def test_paper_without_such_a_category(make_run):
    """Networks of the paper that would be rows of blanks are left out."""
    runs = [make_run(0.1, "lizard", data="animals")]
    tables = make_tables(runs, like="pascal_part")
    assert {row.performer for row in tables[0].rows} == {"vgg_m"}


def test_delta_errors_stand_beside_the_paper_s(make_run):
    """Table 3, with Explainer+cls; Table 7 has no numbers for them."""
    runs = [make_run(0.1, "average"), make_run(0.1, "cat")]
    runs += [make_run(0.1, "average", variant="explainer_cls")]
    tables = make_tables(runs)
    column, measure = "several categories", "delta_error"
    table = next(table for table in tables if table.number == 7)
    for row in table.rows:
        # Of networks that were not run, what the paper has not is no row.
        if (row.performer, row.measure) == ("vgg_16", "delta_error"):
            raise AssertionError(row)
    for model, paper in (("explainer", 0.5), ("explainer_cls", -0.9)):
        found = cell(tables, 3, model, column, measure=measure)
        assert (found.mean, found.paper) == (2.0, paper)
        assert cell(tables, 7, model, column, measure=measure).paper is None
    assert cell(tables, 3, "performer", column).mean == 6.0


def test_a_run_without_landmarks_says_so(make_run):
    """It is done, and what it cannot measure is no missing run."""
    run = make_run(0.1)
    values = {k: v for k, v in run.values.items() if k[0] == "p"}
    tables = make_tables([dataclasses.replace(run, values=values)])
    assert "landmarks" in cell(tables, 1, "explainer", "cat").missing
    assert cell(tables, 4, "explainer", "cat").mean == 0.9
