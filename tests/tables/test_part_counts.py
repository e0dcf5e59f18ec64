"""Filters per part, over seeds."""

import dataclasses

from tf_explainer.tables.part_tables import part_counts


def test_counts(make_run):
    """Means over seeds; a part that a category has not got is missing."""
    found = [
        {"head": 4, "other": 0, "tail": 1},
        {"head": 6, "other": 0, "tail": 1},
        {"head": 3, "other": 0},
    ]
    runs = [make_run(0, seed=0), make_run(0, seed=1), make_run(0, "dog")]
    runs = [
        dataclasses.replace(run, parts=parts)
        for run, parts in zip(runs, found, strict=True)
    ]
    table = part_counts("pascal_part", runs)
    assert table.columns == ("head", "tail", "other")
    cats, dogs = table.rows
    assert (cats.model, dogs.model) == ("explainer, cat", "explainer, dog")
    assert [cell.mean for cell in cats.cells] == [5.0, 1.0, 0.0]
    assert cats.cells[1].half == 0.0
    assert (dogs.cells[0].mean, dogs.cells[0].half) == (3.0, None)
    assert dogs.cells[1].missing == "seed 0: no such landmark"


def test_a_seed_that_lacks_is_told(make_run):
    """Beside the mean of the others, and alone."""
    done = dataclasses.replace(make_run(0, seed=0), parts={"head": 4})
    late = make_run(0, seed=1, missing="not run yet")
    (cell,) = part_counts("pascal_part", [done, late]).rows[0].cells
    assert (cell.mean, cell.seeds) == (4.0, 1)
    assert cell.missing == "seed 1: not run yet"
