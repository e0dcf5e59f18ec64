"""Parts with their fields, places and classes."""

import pytest

from tf_explainer.report.galleries import part_entries, place_in_words
from tf_explainer.report.labels import part_labels
from tf_explainer.visualization.part_galleries import part_rows


@pytest.fixture
def entries(observation, add_parts, made_images, fake_explainer):
    """Maker of entries, with or without the explainer."""
    seen = add_parts(observation)
    rows = part_rows(seen, images=2)

    def make(with_explainer):
        explainer = fake_explainer(seen.categories) if with_explainer else None
        result = {
            "decides": {
                "cat": {"parts": [1.0, -1.0, 0.0], "ordinary": 0.0},
            }
        }
        labels = part_labels(result, explainer)
        read = made_images({i for row in rows for i in row.images})
        return part_entries(seen, result, rows, labels, read, explainer)

    return make


def test_entries(entries):
    """The absent part has none; classes, filters and pictures."""
    first, second = entries(True)
    assert first["label"].text == "part 1"
    assert first["label"].filters == (0, 1)
    assert (first["classes"], second["classes"]) == ([("cat", 1.0)], [])
    assert len(first["tiles"]) == len(second["tiles"]) == 2
    assert "part 1 lies at" in first["tiles"][0]["alt"]
    assert 0 < first["mean"][0] < 1 and 0 < first["spread"][1] < 1


def test_a_ring_where_the_field_is_not_known(entries):
    """Without the explainer: another picture of the same images."""
    ring, field = entries(False)[0], entries(True)[0]
    assert ring["label"].filters is None
    for one, other in zip(ring["tiles"], field["tiles"], strict=True):
        assert one["alt"] == other["alt"] and one["uri"] != other["uri"]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((0.1, 0.1), "upper left"),
        ((0.5, 0.5), "center"),
        ((1.0, 0.5), "lower middle"),
        ((0.5, 0.9), "middle right"),
    ],
)
def test_places_in_words(place, words):
    """Thirds of the image."""
    assert place_in_words(place) == words
