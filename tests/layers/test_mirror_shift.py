"""MirrorShiftMix: what it may and may not do to a map."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.layers import MirrorShiftMix
from tf_explainer.testing import check_layer


def _spot(batch=64):
    """One unit of each map fires, off the middle axis."""
    maps = np.zeros((batch, 5, 6, 1), "float32")
    maps[:, 2, 4] = 1.0
    return maps


def test_half_are_mirrored():
    """Each image by itself, and none is anything else."""
    views = np.asarray(MirrorShiftMix(shift=0, mix=0.0, seed=0)(_spot()))
    mirrored = views[:, 2, 1, 0] == 1
    kept = views[:, 2, 4, 0] == 1
    assert np.all(mirrored ^ kept)
    assert 16 < mirrored.sum() < 48


def test_shift_stays_within_its_bound():
    """All shifts occur, zeros come in, nothing goes further."""
    layer = MirrorShiftMix(shift=1, mix=0.0, seed=0)
    maps = np.ones((1, 4, 4, 1), "float32")
    seen = set()
    for _ in range(100):
        view = np.asarray(layer(maps))[0, :, :, 0]
        rows, columns = view.any(axis=1), view.any(axis=0)
        assert view.sum() == rows.sum() * columns.sum()
        seen.add((tuple(rows), tuple(columns)))
    assert len(seen) == 9
    assert all(sum(rows) >= 3 and sum(columns) >= 3 for rows, columns in seen)


def test_mixed_with_another_image():
    """`w * x + (1 - w) * y`, with the larger share for the image itself."""
    maps = np.zeros((64, 4, 4, 2), "float32")
    maps[:32, ..., 0] = 1.0
    maps[32:, ..., 1] = 1.0
    views = np.asarray(MirrorShiftMix(shift=0, mix=1.0, seed=0)(maps))
    np.testing.assert_allclose(views.sum(axis=-1), 1, rtol=1e-6)
    own = np.r_[views[:32, 0, 0, 0], views[32:, 0, 0, 1]]
    assert own.min() >= 0.5 and own.std() > 0.1
    untouched = np.asarray(MirrorShiftMix(shift=0, mix=0.0, seed=0)(maps))
    np.testing.assert_array_equal(untouched, maps)


def test_same_seed_same_views():
    """And another seed gives others."""
    first, second, other = (
        np.asarray(MirrorShiftMix(seed=seed)(_spot())) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("name,value", [("shift", -1), ("mix", 1.5)])
def test_message_names_argument_and_value(name, value):
    """`name` … received value."""
    with pytest.raises(ValueError, match=f"`{name}`.*received {value}"):
        MirrorShiftMix(**{name: value})


def test_contract():
    """Equal images without an edge, which every draw leaves as they are."""
    settings = {"shift": 0, "mix": 1.0, "seed": 0}
    check_layer(MirrorShiftMix, settings, np.ones((2, 4, 4, 3), "float32"))


def test_shifts_under_xla():
    """The place of the slice is not known when it is compiled."""
    compiled = tf.function(MirrorShiftMix(seed=0), jit_compile=True)
    views = np.asarray(compiled(tf.constant(_spot())))
    assert views.shape == _spot().shape
    assert set(np.unique(views[:, 2, 4])) != {0.0, 1.0}
