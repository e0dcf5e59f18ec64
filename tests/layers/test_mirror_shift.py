"""MirrorShift: what it may and may not do to a map."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.layers import MirrorShift
from tf_explainer.testing import check_layer


def _spot(batch=64):
    """One unit of each map fires, off the middle axis."""
    maps = np.zeros((batch, 5, 6, 1), "float32")
    maps[:, 2, 4] = 1.0
    return maps


def test_half_are_mirrored():
    """Each image by itself, and none is anything else."""
    views = np.asarray(MirrorShift(shift=0, seed=0)(_spot()))
    mirrored = views[:, 2, 1, 0] == 1
    kept = views[:, 2, 4, 0] == 1
    assert np.all(mirrored ^ kept)
    assert 16 < mirrored.sum() < 48


def test_shift_stays_within_its_bound():
    """All shifts occur, zeros come in, nothing goes further."""
    layer = MirrorShift(shift=1, seed=0)
    maps = np.ones((1, 4, 4, 1), "float32")
    seen = set()
    for _ in range(100):
        view = np.asarray(layer(maps))[0, :, :, 0]
        rows, columns = view.any(axis=1), view.any(axis=0)
        assert view.sum() == rows.sum() * columns.sum()
        seen.add((tuple(rows), tuple(columns)))
    assert len(seen) == 9
    assert all(sum(rows) >= 3 and sum(columns) >= 3 for rows, columns in seen)


def test_same_seed_same_views():
    """And another seed gives others."""
    first, second, other = (
        np.asarray(MirrorShift(2, seed=seed)(_spot())) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_rejects_a_negative_shift():
    """The message names the argument and the value received."""
    with pytest.raises(ValueError, match="`shift`.*received -1"):
        MirrorShift(shift=-1)


def test_contract():
    """Equal images without an edge, which every draw leaves as they are."""
    settings = {"shift": 0, "seed": 0}
    check_layer(MirrorShift, settings, np.ones((2, 4, 4, 3), "float32"))


def test_shifts_under_xla():
    """The place of the slice is not known when it is compiled."""
    compiled = tf.function(MirrorShift(2, seed=0), jit_compile=True)
    views = np.asarray(compiled(tf.constant(_spot())))
    assert views.shape == _spot().shape
    assert set(np.unique(views[:, 2, 4])) != {0.0, 1.0}
