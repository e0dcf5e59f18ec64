"""Rows of answers by hand."""

import json

import numpy as np
import pytest

pytest.importorskip("apache_beam")

from tf_explainer.batch.records import (  # noqa: E402
    DeadLetter,
    Names,
    Row,
    explained_table,
    letters_text,
    table_schema,
    told_of_all,
)

ROWS = [Row(7, "a", "f", 0), Row(9, "b", "g", None)]
ANSWERS = {
    "performer_scores": [[0.25, 0.75], [1, 0]],
    "scores": [[0.5, 0.25], [0.75, 0.25]],
    "part_contributions": [[1, -2, 3], [4, 5, 6]],
    "part_places": [[[0.25, 0.5], [-1, -1], [0, 1]], [[-1, -1]] * 3],
    "part_presence": [[1, 0, 0.5], [0, 0, 0]],
    "ordinary": [0.5, 1],
    "rest": [0.25, 2],
    "score": [2.75, 18],
    "trust": [0.125, -1],
    "closeness": [-1, 0],
}


def arrays(**changed):
    """The answers as a model gives them, with some of them changed."""
    return {
        name: np.asarray(value, np.float32)
        for name, value in {**ANSWERS, **changed}.items()
    }


def table(names, **changed):
    """Returns the table and the dead letters of the two rows."""
    schema = table_schema(names, {"shards": 3})
    return explained_table(ROWS, arrays(**changed), names, schema)


PARTS = Names(("cat", "dog"), ("head", "tail", "paw"), True)


def test_columns_by_hand():
    """Absent parts have no place; what is not known is null."""
    found, dead = table(PARTS)
    assert not dead
    first, second = found.to_pylist()
    assert first == {
        **{"number": 7, "key": "a", "path": "f", "record": 0},
        **{"category": "dog", "explainer_category": "cat"},
        "performer_scores": [0.25, 0.75],
        "scores": [0.5, 0.25],
        "contributions": [1, -2, 3],
        "part_rows": [0.25, None, 0],
        "part_columns": [0.5, None, 1],
        "part_presence": [1, 0, 0.5],
        **{"ordinary": 0.5, "rest": 0.25, "score": 2.75},
        **{"trust": 0.125, "closeness": None},
    }
    assert second["category"] == "cat" and second["record"] is None
    assert second["part_rows"] == [None] * 3
    assert (second["trust"], second["closeness"]) == (None, 0)


def test_highest_scores_alone():
    """Highest first, with the numbers of their classes; equal ones in order."""
    names = PARTS._replace(classes=("cat", "dog", "owl"))
    schema = table_schema(names, {}, 2)
    scores = [[0.25, 0.75, 0.5], [0.5, 0.5, 0.5]]
    found, _ = explained_table(ROWS, arrays(scores=scores), names, schema)
    assert found["scores"].to_pylist() == [[0.75, 0.5], [0.5, 0.5]]
    assert found["scores_classes"].to_pylist() == [[1, 2], [0, 1]]
    assert found["explainer_category"].to_pylist() == ["dog", "cat"]
    assert found["performer_scores_classes"].to_pylist() == [[1, 0], [0, 1]]
    # No more than there are.
    assert table_schema(names, {}, 9).field("scores").type.list_size == 3


def test_metadata_names_what_the_lists_hold():
    """In the order of the values."""
    told = told_of_all(table(PARTS)[0].schema)
    assert told["class_names"] == ["cat", "dog"]
    assert told["part_names"] == ["head", "tail", "paw"]
    assert told["has_parts"] is True and told["shards"] == 3


def test_filters_have_no_places():
    """Each filter is for itself."""
    filters = Names(("cat", "dog"), ("filter 0", "filter 1"), False)
    given = {"filter_contributions": [[1, 2], [3, 4]]}
    found, _ = table(filters, **given)
    assert not {"part_rows", "part_presence"} & {*found.column_names}
    assert found["contributions"].to_pylist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("name", ["scores", "part_contributions", "rest"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_answers_that_are_not_finite(name, value):
    """They are dead letters; no number of theirs is written."""
    broken = np.asarray(ANSWERS[name], np.float32)
    broken[0] = value
    found, dead = table(PARTS, **{name: broken})
    assert found["number"].to_pylist() == [9]
    assert dead == [DeadLetter(*ROWS[0], "the CNN's answer is not finite")]
    found, dead = table(PARTS, **{name: np.full_like(broken, value)})
    assert found.num_rows == 0 and len(dead) == 2


def test_a_dead_letter_is_one_line():
    """Whatever it is called."""
    key = 'a\n"b"\u2028c\r'
    text = letters_text([DeadLetter(1, key, key, None, "why")] * 2)
    lines = text.splitlines()
    assert len(lines) == text.count("\n") == 2
    assert json.loads(lines[1])["key"] == key
