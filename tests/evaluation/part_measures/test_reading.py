"""Part maps read between units, at pixels and at landmarks."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.attachment.receptive_field import ReceptiveField
from tf_explainer.evaluation.part_measures.observed import ObservedParts
from tf_explainer.evaluation.part_measures.reading import (
    maps_at,
    maps_of_pixels,
    read_parts,
)

# Centers of the units lie 8 pixels apart, the first one at pixel 4.
FIELD = ReceptiveField(
    start=(4, 4), jump=(8, 8), size=(16, 16), image=(48, 48), units=(6, 6)
)


def place_of(row, column):
    """Place in the image of a unit, or between units."""
    return (4 + 8 * np.array([row, column]) + 0.5) / 48


def test_a_unit_is_read_where_its_center_lies():
    """Each unit's own value; the inverse of `to_image`."""
    maps = np.random.default_rng(0).random((2, 6, 6, 3)).astype("float32")
    points = np.tile(FIELD.centers.reshape(1, 36, 2), (2, 1, 1))
    found = np.asarray(maps_at(maps, points, FIELD))
    np.testing.assert_allclose(found, maps.reshape(2, 36, 3), atol=1e-5)


def test_between_units_by_hand():
    """A quarter of the way down, half of the way to the right."""
    maps = np.zeros((1, 6, 6, 1), "float32")
    maps[0, 2:4, 3:5, 0] = [[0.0, 1.0], [2.0, 5.0]]
    found = maps_at(maps, place_of(2.25, 3.5)[None, None], FIELD)
    assert float(found[0, 0, 0]) == pytest.approx(0.75 * 0.5 + 0.25 * 3.5)


def test_beyond_the_outermost_units():
    """The image's corner is read as its nearest unit."""
    maps = np.arange(36, dtype="float32").reshape(1, 6, 6, 1)
    found = maps_at(maps, np.array([[[0.0, 0.0], [1.0, 1.0]]]), FIELD)
    assert np.ravel(found).tolist() == [0, 35]


def test_pixels_are_points():
    """All at once as each for itself."""
    maps = np.random.default_rng(0).random((2, 6, 6, 2)).astype("float32")
    centers = (np.indices((48, 48)).reshape(2, -1).T + 0.5) / 48
    expected = maps_at(maps, np.tile(centers, (2, 1, 1)), FIELD)
    found = maps_of_pixels(maps, (48, 48), FIELD)
    np.testing.assert_allclose(
        np.reshape(found, (2, -1, 2)), expected, atol=1e-5
    )


@pytest.fixture
def maps():
    """Part 0 at (1, 2), part 1 faint at (4, 4), background elsewhere."""
    parts = np.zeros((1, 6, 6, 3), "float32")
    parts[0, 1, 2, 0], parts[0, 4, 4, 1] = 0.9, 0.3
    parts[..., 2] = 1 - parts[..., :2].sum(axis=-1)
    return parts


def test_places_winners_and_absence(maps):
    """An absent part has no place; a hidden landmark has no winner."""
    landmarks = [place_of(1, 2), place_of(4, 4), place_of(0, 5), [np.nan] * 2]
    found = read_parts(maps, np.array([landmarks], "float32"), FIELD)
    parts = ObservedParts.joined([found, found])
    assert parts.parts == 2 and len(parts.places) == 2
    np.testing.assert_allclose(parts.places[0, 0], place_of(1, 2), atol=1e-6)
    assert np.isnan(parts.places[0, 1]).all()
    np.testing.assert_allclose(parts.presence[0], [0.9, 0.3])
    assert parts.at_landmarks[1].tolist() == [0, 2, 2, -1]
    assert parts.peaks.fires[0].tolist() == [True, False]


def test_the_background_wins_where_it_is_higher(maps):
    """Half way to the next unit, the part has lost."""
    landmarks = np.array([[place_of(1, 2.3), place_of(1, 2.5)]], "float32")
    found = read_parts(maps, landmarks, FIELD)
    assert np.asarray(found["at_landmarks"]).tolist() == [[0, 2]]


def test_without_landmarks_in_a_graph(maps):
    """As `observe` calls it."""
    run = tf.function(lambda *given: read_parts(*given, FIELD))
    found = run(tf.constant(maps), tf.zeros((1, 0, 2)))
    assert found["at_landmarks"].shape == (1, 0)
