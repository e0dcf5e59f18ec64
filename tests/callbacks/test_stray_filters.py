"""Filters that do not follow the image are known and silenced."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.callbacks import FreezeInterpretableTrack, silence_filters
from tf_explainer.callbacks.freezing import stray_filters
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer

IDENTITY = np.array([1, 0, 0, 0, 1, 0], "float32")


class _Encoder:
    """Stands in for an explainer: the target feature is its own masked map."""

    receptive_field = Explainer.from_performer(
        toy_performer(), preset="filters"
    ).receptive_field

    def encode(self, features):
        return type("Encoded", (), {"interp_2": features["target"]})


def _peaks(places, side=8):
    maps = np.zeros((len(places), side, side), "float32")
    maps[np.arange(len(places)), places[:, 0], places[:, 1]] = 1
    return maps


def test_known_filters():
    """Two follow the image, one stands still, one jumps, one is silent."""
    random = np.random.default_rng(0)
    first = random.integers(0, 5, (200, 2))
    # The views are the images shifted by two units.
    shift = 2
    still = np.full_like(first, 3)
    one = [first, first, still, random.integers(0, 8, (200, 2))]
    ours = first + shift
    other = [ours, ours, still, random.integers(0, 8, (200, 2))]
    pair = [
        np.stack([*map(_peaks, places), np.zeros((200, 8, 8))], axis=-1)
        for places in (one, other)
    ]
    field = _Encoder.receptive_field
    moved = IDENTITY.copy()
    moved[[2, 5]] = [
        -shift * field.jump[0] / field.image[0],
        -shift * field.jump[1] / field.image[1],
    ]
    features = tf.data.Dataset.from_tensor_slices(
        {
            "target": np.stack(pair, axis=1).astype("float32"),
            "frames": np.tile(np.stack([IDENTITY, moved]), (200, 1, 1)),
        }
    )
    found = stray_filters(_Encoder(), features, limit=0.3)
    assert found.tolist() == [False, False, True, True, False]
    assert not stray_filters(_Encoder(), features, limit=1e6).any()


def test_silent_filters_are_not_counted(monkeypatch):
    """At most half of those that fire are strays, however many do not."""
    losses = np.array([0.0] * 9 + [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1])
    monkeypatch.setattr(
        "tf_explainer.callbacks.freezing._losses", lambda *_: losses
    )
    features = tf.data.Dataset.from_tensor_slices({"frames": np.zeros((4, 2))})
    found = stray_filters(None, features, limit=0.35)
    assert losses[found].tolist() == [0.9, 1.0, 1.1]


class _Frozen(keras.callbacks.Callback):
    """Whether the track stood still at the end of each epoch."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(not self.model.encoder.interp_1.trainable)


def _strays(monkeypatch, find):
    monkeypatch.setattr("tf_explainer.callbacks.freezing.stray_filters", find)


@pytest.mark.usefixtures("eagerly")
def test_none_is_silenced_again(monkeypatch):
    """A training that goes on in the frozen phase has done it before."""
    explainer, frozen = (
        Explainer.from_performer(toy_performer(), preset="filters"),
        _Frozen(),
    )

    def again(*_):
        raise AssertionError("silenced twice")

    _strays(monkeypatch, again)
    explainer.fit(
        toy_images(4),
        initial_epoch=2,
        epochs=3,
        verbose=0,
        callbacks=[FreezeInterpretableTrack(1, stray_limit=0.35), frozen],
    )
    assert frozen.seen == [True]


@pytest.mark.usefixtures("eagerly")
def test_silenced_for_good(monkeypatch):
    """They fire no more, now and after the frozen phase; others do not move."""
    explainer, frozen = (
        Explainer.from_performer(toy_performer(), preset="filters"),
        _Frozen(),
    )
    images = toy_images(8)
    before = np.asarray(explainer.layer_maps(images)["interp_2"])
    which = np.arange(before.shape[-1]) % 2 == 0
    _strays(monkeypatch, lambda *_: which)
    explainer.compile(optimizer=keras.optimizers.Adam(1e-3))
    explainer.fit(
        images,
        epochs=1,
        verbose=0,
        callbacks=[FreezeInterpretableTrack(0, stray_limit=0.35), frozen],
    )
    after = np.asarray(explainer.layer_maps(images)["interp_2"])
    assert frozen.seen == [True] and not after[..., which].any()
    np.testing.assert_allclose(after[..., ~which], before[..., ~which])
    assert np.isfinite(np.asarray(explainer(images)["scores"])).all()


def test_wrong_shape_is_refused():
    """Before any weight changes."""
    explainer = Explainer.from_performer(toy_performer(), preset="filters")
    with pytest.raises(InputError, match=r"`which`.*received \(3,\)"):
        silence_filters(explainer, [True, False, True])
