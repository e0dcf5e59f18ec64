"""A head taught by landmarks."""

import numpy as np
import pytest

from tf_explainer.attachment.receptive_field import ReceptiveField
from tf_explainer.evaluation.controls.part_maps import PartSample
from tf_explainer.evaluation.controls.taught_parts import (
    taught_units,
    trained_on_landmarks,
)

FIELD = ReceptiveField(
    start=(3.5, 3.5), jump=(8, 8), size=(16, 16), image=(64, 64), units=(8, 8)
)


def make_images(count=24, seed=0):
    """Target feature and landmarks: each landmark is a channel's blob."""
    generator = np.random.default_rng(seed)
    units = generator.integers(0, 8, (count, 2, 2))
    target = generator.normal(0, 0.1, (count, 8, 8, 4)).astype("float32")
    for image, places in enumerate(units):
        for landmark, (row, column) in enumerate(places):
            target[image, row, column, landmark] += 3
    return target, FIELD.centers[units[..., 0], units[..., 1]]


def make_sample(landmarks_of=lambda landmarks: landmarks):
    """Two batches of twelve images."""
    target, landmarks = make_images()
    landmarks = landmarks_of(landmarks)
    return PartSample(
        parts=5,
        field=FIELD,
        vectors=target.reshape(-1, 4),
        batches=lambda: (
            (target[start : start + 12], landmarks[start : start + 12])
            for start in (0, 12)
        ),
        seed=0,
    )


@pytest.mark.usefixtures("eagerly")
def test_landmarks_are_learned():
    """On other images; the part has the landmark's index."""
    maps_of = trained_on_landmarks(make_sample())
    target, landmarks = make_images(seed=1)
    maps = np.asarray(maps_of(target, landmarks))
    assert maps.shape == (24, 8, 8, 3)
    labels, weights = taught_units(landmarks, FIELD)
    right = (maps.argmax(axis=-1) == labels)[weights > 0]
    assert right.mean() > 0.95


def test_nothing_to_learn():
    """No landmark is seen: no reference."""
    nowhere = make_sample(lambda landmarks: landmarks * np.nan)
    assert trained_on_landmarks(nowhere) is None


def test_what_units_are_to_be():
    """The nearest one, and background beyond 1.5 units of any landmark."""
    landmarks = np.full((2, 3, 2), np.nan, "float32")
    landmarks[0, 1] = FIELD.centers[2, 3] + 0.02
    landmarks[0, 2] = FIELD.centers[7, 7]
    labels, weights = taught_units(landmarks, FIELD)
    expected = np.full((8, 8), 3)
    expected[2, 3], expected[7, 7] = 1, 2
    np.testing.assert_array_equal(labels[0], expected)
    assert (labels[1] == 3).all()
    near = np.zeros((8, 8), bool)
    near[1:4, 2:5] = near[6:, 6:] = True
    # The landmark lies a little towards the lower right.
    near[1, 2] = False
    far = weights[0][~near]
    assert (far == far[0]).all() and far[0] > 0
    assert (weights[0][near & (expected == 3)] == 0).all()
    shown = labels < 3
    assert weights[shown].sum() == pytest.approx(weights[~shown].sum())
    assert weights.mean() == pytest.approx(1)
