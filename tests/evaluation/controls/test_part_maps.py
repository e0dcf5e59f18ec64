"""Controls of part maps."""

import numpy as np
import pytest

from tf_explainer.attachment.receptive_field import ReceptiveField
from tf_explainer.evaluation.controls import PART_CONTROLS
from tf_explainer.evaluation.controls.part_maps import PartSample, near_square

FIELD = ReceptiveField(
    start=(3.5, 3.5), jump=(8, 8), size=(16, 16), image=(64, 64), units=(8, 8)
)
KINDS = 4


def make_sample(parts=4, seed=0, common=False):
    """Target feature of four kinds of units, one as common as the rest."""
    generator = np.random.default_rng(seed)
    kind = np.arange(200) % KINDS
    kind[::2] = np.where(common, KINDS - 1, kind[::2])
    vectors = 6 * np.eye(8)[kind] + generator.normal(0, 0.5, (200, 8))
    return PartSample(
        parts=parts,
        field=FIELD,
        vectors=vectors.astype("float32"),
        batches=lambda: iter([(units_of_each_kind(), corners())]),
        seed=seed,
    )


def units_of_each_kind():
    """One image; each column is of one kind, and the rest of none."""
    target = np.zeros((1, 8, 8, 8), "float32")
    for column in range(KINDS):
        target[0, :, column, column] = 6
    return target


def corners():
    """Two landmarks of one image."""
    return FIELD.centers[[1, 6], [1, 6]][None]


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
    # As many parts as landmarks: those are what a taught head has.
    sample = make_sample(parts=2)
    hidden = np.full((2, 5, 2), np.nan, "float32")
    for landmarks in (None, hidden):
        maps = maps_of(name, sample, landmarks=landmarks)
        assert maps.shape == (2, 8, 8, 3)
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


def test_clusters_are_told_apart():
    """Each kind of unit has its own winner, which is sure."""
    maps = maps_of("k_means", make_sample(parts=3), units_of_each_kind())
    assert sorted(maps.argmax(axis=-1)[0, 0, :KINDS]) == [0, 1, 2, 3]
    assert (maps.max(axis=-1)[0, 0, :KINDS] > 0.5).all()


def test_the_largest_cluster_is_the_background():
    """The last kind, of which there is most."""
    sample = make_sample(parts=3, common=True)
    winners = maps_of("k_means", sample, units_of_each_kind()).argmax(axis=-1)
    assert winners[0, 0, KINDS - 1] == 3
