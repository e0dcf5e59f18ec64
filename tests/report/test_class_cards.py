"""What decides for each class, in words and bars."""

import pytest

from tf_explainer.report.bars import Scale, listed
from tf_explainer.report.deciding import class_cards, served_classes
from tf_explainer.report.labels import part_labels

RESULT = {
    "decides": {
        "dog": {
            **{"images": 3, "parts": [0.5, -1.0, 0.001]},
            **{"ordinary": 0.25, "rest": 0.05, "score": -0.199},
        },
        "cat": {
            **{"images": 7, "parts": [2.0, 0.5, 0.001]},
            **{"ordinary": 1.0, "rest": -0.5, "score": 3.001},
        },
    },
    "part_maps": {
        "by_part": [
            {"landmark": "ears", "presence": 1.0},
            {"landmark": None, "presence": 0.5},
            {"landmark": None, "presence": 0.5},
        ]
    },
    "part_names": ["head", "part 2", "part 3"],
}


def test_labels():
    """The user's name first, the landmark in addition."""
    first, second, _ = part_labels(RESULT)
    assert (first.number, first.text) == (1, "head (ears)")
    assert second.text == "part 2"
    unnamed = {name: RESULT[name] for name in ("decides", "part_maps")}
    assert part_labels(unnamed)[0].text == "part 1 (ears)"
    assert part_labels({}) == ()


def test_cards():
    """The class of most images first; bars add up to the score."""
    cat, dog = class_cards(RESULT, part_labels(RESULT))
    assert (cat["name"], cat["images"], dog["name"]) == ("cat", 7, "dog")
    for card in (cat, dog):
        *pieces, score = [row["bar"].value for row in card["rows"]]
        assert sum(pieces) == pytest.approx(score)
        assert [row["label"] for row in card["rows"]][-4:] == [
            *("1 other part", "ordinary track"),
            *("together, and biases", "score"),
        ]
    labels = [row["label"] for row in dog["rows"]]
    assert labels[:2] == ["head (ears)", "part 2"]


def test_sentences():
    """A person reads which parts speak for a class, and which against."""
    cat, dog = class_cards(RESULT, part_labels(RESULT))
    assert cat["sentence"].startswith(
        "cat is decided by head (ears) (2.00) and part 2 (0.50). Parts give 71"
    )
    assert "Against it speaks part 2 (−1.00)." in dog["sentence"]


def test_no_section_no_cards():
    """An explainer without parts, or an old result."""
    assert class_cards({}, ()) == []


def test_served_classes():
    """Those that it gives most to; none that it speaks against."""
    assert served_classes(RESULT, 0) == [("cat", 2.0), ("dog", 0.5)]
    assert served_classes(RESULT, 1) == [("cat", 0.5)]
    assert served_classes(RESULT, 2) == []


def test_bars_share_a_zero():
    """Negative bars end there, positive ones begin there."""
    scale = Scale.of([3.0, -1.0])
    assert (scale.zero, scale.unit) == (25, 25)
    assert (scale.bar(3).left, scale.bar(3).width) == (25, 75)
    assert (scale.bar(-1).left, scale.bar(-1).width) == (0, 25)
    assert scale.bar(-1).against and not scale.bar(3).against
    assert Scale.of([]).bar(0).width == 0


def test_lists_in_a_sentence():
    """With one "and"."""
    assert [listed(list("abc"[:count])) for count in range(4)] == [
        *("", "a", "a and b", "a, b and c"),
    ]
