"""The paper's numbers agree with each other where the paper says so."""

import numpy as np
import pytest

from tf_explainer.tables.paper import paper_numbers

PERFORMERS = ("alexnet", "vgg_m", "vgg_s", "vgg_16")


def find(**wanted):
    """Returns the values of the numbers with these fields."""
    return [
        number.value
        for number in paper_numbers()
        if all(getattr(number, key) == value for key, value in wanted.items())
    ]


def test_every_table_is_there():
    """As many numbers as the paper's tables have cells."""
    counts = [len(find(table=table)) for table in range(1, 8)]
    # Table 1: 8 rows of 7, 6 for several categories, 8 of CUB; and so on.
    assert counts == [56 + 6 + 8, 11, 15, 28 + 3 + 4, 84, 12, 33]


@pytest.mark.parametrize("performer", PERFORMERS)
@pytest.mark.parametrize(
    ("table", "model", "half_digit"),
    [
        (1, "top_conv", 5e-4),
        (1, "explainer", 5e-4),
        (4, "explainer", 5e-3),
        (5, "target_layer", 5e-4),
        (5, "top_conv", 5e-4),
        (5, "explainer", 5e-4),
    ],
)
def test_averages(performer, table, model, half_digit):
    """The mean of the six animals is the average, as rounding allows."""
    rows = {"table": table, "model": model, "task": "single"}
    row = {**rows, "performer": performer, "data": "pascal_part"}
    *animals, average = find(**row)
    assert len(animals) == 6
    assert find(**row, category="average") == [average]
    # Both sides are rounded.
    assert abs(np.mean(animals) - average) <= 2 * half_digit + 1e-9


@pytest.mark.parametrize("performer", PERFORMERS)
def test_tables_repeat_each_other(performer):
    """Table 1 is part of 5 and 6, Table 2 of 4, Table 3 of 7."""
    of = {"performer": performer}
    for model in ("top_conv", "explainer"):
        row = {**of, "model": model, "task": "single"}
        for data, table in (("pascal_part", 5), ("cub200_parts", 6)):
            assert find(table=1, data=data, **row) == find(table=table, **row)
    for task in ("single", "multi"):
        for data in ("pascal_part", "cub200_parts"):
            row = {**of, "task": task, "data": data}
            short = find(table=2, **row)
            *_, long = [None, *find(table=4, **row)]
            # Table 4 has two digits where Table 2 has four.
            assert not short or abs(short[0] - long) < 0.005 + 1e-9
    errors = find(table=3, measure="error", **of)
    assert errors == find(table=7, task="multi", **of)


@pytest.mark.parametrize("performer", PERFORMERS[1:])
def test_differences(performer):
    """What the explainer loses is its error less the performer's."""
    row = {"table": 3, "performer": performer}
    before, explainer, with_cls = find(measure="error", **row)
    expected = [explainer - before, with_cls - before]
    np.testing.assert_allclose(find(measure="delta_error", **row), expected)


def test_share_of_the_instability():
    """Section 4.1: "35.7%–68.8%"; so it is for one category, on average."""
    shares = [
        after / before
        for before, after in zip(
            find(table=1, model="top_conv", category="average", task="single")
            + find(table=6, model="top_conv"),
            find(table=1, model="explainer", category="average", task="single")
            + find(table=6, model="explainer"),
            strict=True,
        )
    ]
    assert len(shares) == 8
    assert (round(min(shares), 3), round(max(shares), 3)) == (0.357, 0.688)
