"""Controls of part maps."""

import numpy as np
import pytest

from tf_explainer.attachment.receptive_field import ReceptiveField
from tf_explainer.evaluation.controls import PART_CONTROLS
from tf_explainer.evaluation.controls.part_maps import PartSample, near_square

FIELD = ReceptiveField(
    start=(3.5, 3.5), jump=(8, 8), size=(16, 16), image=(64, 64), units=(8, 8)
)
CLASSES = 3


def make_sample(parts=4, seed=0, classes=CLASSES):
    """Target feature of eight channels: each landmark has its own."""
    generator = np.random.default_rng(seed)
    landmark = np.arange(200) % (classes + 1) - 1
    signal = 6 * np.eye(8)[landmark]
    vectors = signal + generator.normal(0, 0.5, (200, 8))
    return PartSample(
        parts=parts,
        field=FIELD,
        vectors=vectors.astype("float32"),
        at_landmarks=vectors.astype("float32"),
        landmark=landmark,
        seed=seed,
    )


def maps_of(name, sample, target=None, landmarks=None):
    """Maps of a control, of two images unless told."""
    if target is None:
        target = np.zeros((2, 8, 8, 8), "float32")
    if landmarks is None:
        landmarks = np.full((len(target), 2, 2), 0.5, "float32")
    return np.asarray(PART_CONTROLS.get(name)(sample)(target, landmarks))


@pytest.mark.parametrize("name", PART_CONTROLS.names())
def test_every_control_has_maps_and_a_background(name):
    """In [0, 1], one channel more than parts, also where all is hidden."""
    sample = make_sample(parts=CLASSES)
    hidden = np.full((2, 5, 2), np.nan, "float32")
    for landmarks in (None, hidden):
        maps = maps_of(name, sample, landmarks=landmarks)
        assert maps.shape == (2, 8, 8, CLASSES + 1)
        assert maps.dtype == np.float32
        assert (maps >= 0).all() and (maps <= 1).all()


@pytest.mark.parametrize("parts", [1, 2, 4, 7, 12])
def test_cells_fill_the_square(parts):
    """They do not overlap, and nothing is left over."""
    centers, halves = near_square(parts)
    places = np.random.default_rng(0).random((500, 1, 2))
    inside = (np.abs(places - centers) < halves).all(axis=-1)
    assert (inside.sum(axis=1) == 1).all()
    assert (4 * halves.prod(axis=1)).sum() == pytest.approx(1)


def test_frame_is_the_same_in_every_image():
    """Four quarters of 64 units, and no background."""
    winner = maps_of("frame", make_sample()).argmax(axis=-1)
    assert (winner[0] == winner[1]).all()
    expected = np.repeat(np.repeat([[0, 1], [2, 3]], 4, axis=0), 4, axis=1)
    np.testing.assert_array_equal(winner[0], expected)


def test_box_goes_along_with_the_landmarks():
    """A box of four units; its corners lie inside, all else is background."""
    corners = FIELD.centers[[1, 4], [2, 5]]
    landmarks = np.stack([corners, corners + 0.25])
    winner = maps_of("landmark_box", make_sample(), landmarks=landmarks).argmax(
        axis=-1
    )
    expected = np.full((8, 8), 4)
    expected[1:5, 2:6] = np.repeat(np.repeat([[0, 1], [2, 3]], 2, 0), 2, 1)
    np.testing.assert_array_equal(winner[0], expected)
    np.testing.assert_array_equal(winner[1, 2:, 2:], winner[0, :-2, :-2])


def test_no_landmark_no_box():
    """All is background."""
    hidden = np.full((1, 3, 2), np.nan)
    winner = maps_of("landmark_box", make_sample(), landmarks=hidden)
    assert (winner.argmax(axis=-1) == 4).all()


def taught_target():
    """Units whose feature is that of landmark 0, 1, 2 and of none."""
    target = np.zeros((1, 8, 8, 8), "float32")
    for column, landmark in enumerate((0, 1, 2, -1)):
        target[0, :, column, landmark] = 6
    return target


def test_clusters_are_told_apart():
    """Each kind of unit has its own winner."""
    sample = make_sample(parts=3)
    maps = maps_of("k_means", sample, taught_target())
    winners = maps.argmax(axis=-1)[0, 0, :4]
    assert sorted(winners) == [0, 1, 2, 3]
    assert (maps.max(axis=-1)[0, 0, :4] > 0.5).all()


def test_the_largest_cluster_is_the_background():
    """Here that of no landmark, of which there are most."""
    sample = make_sample(parts=1, classes=1)
    more = np.concatenate([sample.vectors, sample.vectors[0::2]])
    object.__setattr__(sample, "vectors", more)
    winners = maps_of("k_means", sample, taught_target()).argmax(axis=-1)
    assert winners[0, 0, [0, 3]].tolist() == [0, 1]


@pytest.mark.parametrize("classes", [1, 3])
def test_landmarks_are_learned(classes):
    """The part has the landmark's index, the background comes last."""
    sample = make_sample(parts=9, classes=classes)
    maps = maps_of("trained_on_landmarks", sample, taught_target())
    assert maps.shape[-1] == classes + 1
    winners = maps.argmax(axis=-1)[0, 0]
    assert winners[:classes].tolist() == [*range(classes)]
    assert winners[3] == classes


def test_nothing_to_learn():
    """Only places beside: no reference."""
    sample = make_sample()
    object.__setattr__(sample, "landmark", np.full(200, -1))
    assert PART_CONTROLS.get("trained_on_landmarks")(sample) is None
