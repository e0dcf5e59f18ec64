"""TrackMixer: the gated sum and how fast its gate moves."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.layers import TrackMixer
from tf_explainer.testing import check_layer

INTERP = np.full((1, 2, 2, 1), 3.0, "float32")
ORDIN = np.full((1, 2, 2, 1), 7.0, "float32")
SETTINGS = {
    "initial_p": 0.5,
    "p_rate": 1.0,
    "ordinary_dropout": 0.0,
    "noise": 0.0,
}


def track_mixer(**settings):
    """Returns a mixer of these settings but for those given."""
    return TrackMixer(**SETTINGS | settings)


@pytest.mark.parametrize("logit,expected", [(40.0, 3.0), (-40.0, 7.0)])
def test_ends(logit, expected):
    """p = 1 gives the interpretable track, p = 0 the ordinary one."""
    mixer = track_mixer()
    mixer([INTERP, ORDIN])
    mixer.w_p.assign(logit)
    np.testing.assert_allclose(
        mixer([INTERP, ORDIN]), np.full_like(INTERP, expected)
    )


@pytest.mark.parametrize("rate", [1.0, 20.0])
def test_starts_at_initial_p(rate):
    """p = 0.25: 0.25 · 3 + 0.75 · 7 = 6, whatever the rate."""
    mixer = track_mixer(initial_p=0.25, p_rate=rate)
    np.testing.assert_allclose(
        mixer([INTERP, ORDIN]), np.full_like(INTERP, 6.0), rtol=1e-6
    )


def test_adam_moves_the_logit_rate_times_as_fast():
    """One step moves w_p by the learning rate, the logit by 20 of it."""
    mixer = track_mixer(p_rate=20.0)
    mixer([INTERP, ORDIN])
    optimizer = keras.optimizers.Adam(0.01)
    with tf.GradientTape() as tape:
        loss = -tf.math.log(mixer.p)
    optimizer.apply([tape.gradient(loss, mixer.w_p.value)], [mixer.w_p])
    assert float(mixer.logit) == pytest.approx(0.2, rel=1e-3)


def test_ordinary_dropout_takes_whole_images():
    """Half of them keep 0.25 · 3 + 0.75 · 7 = 6, half have 0.25 · 3 left."""
    mixer = track_mixer(initial_p=0.25, ordinary_dropout=0.5, seed=0)
    tracks = [np.repeat(track, 1000, axis=0) for track in (INTERP, ORDIN)]
    mixed = np.asarray(mixer(tracks, training=True)).reshape(1000, 4)
    kept = np.isclose(mixed, 6.0)
    assert (kept.all(axis=1) | ~kept.any(axis=1)).all()
    np.testing.assert_allclose(mixed[~kept], 0.75, rtol=1e-6)
    assert kept[:, 0].mean() == pytest.approx(0.5, abs=0.05)
    again = np.asarray(mixer(tracks, training=True)).reshape(1000, 4)
    assert not np.array_equal(mixed, again)


def test_ordinary_dropout_ends_with_training():
    """What the model says of an image does not depend on a draw."""
    mixer = track_mixer(initial_p=0.25, ordinary_dropout=0.9)
    np.testing.assert_allclose(mixer([INTERP, ORDIN]), 6.0, rtol=1e-6)


@pytest.mark.parametrize("call", [{}, {"training": True}])
def test_contract(call):
    """Config, files, XLA, precision."""
    init = SETTINGS | {"initial_p": 0.3, "p_rate": 2.0, "seed": 3}
    check_layer(TrackMixer, init, [INTERP, ORDIN], call)


def test_contract_with_dropout():
    """It does not change what is asked of a layer outside training."""
    init = SETTINGS | {"ordinary_dropout": 0.5, "seed": 3}
    check_layer(TrackMixer, init, [INTERP, ORDIN])


@pytest.mark.parametrize(
    "name,value",
    [
        ("initial_p", 0.0),
        ("initial_p", 1.0),
        ("p_rate", 0.0),
        ("ordinary_dropout", 1.0),
    ],
)
def test_rejects(name, value):
    """The message names the argument and the value received."""
    with pytest.raises(ValueError, match=f"`{name}`.*received {value}"):
        track_mixer(**{name: value})


def test_rejects_a_later_ordinary_dropout():
    """Set by hand, as `freeze_interpretable_track` does."""
    mixer = track_mixer()
    with pytest.raises(ValueError, match=r"`ordinary_dropout`.*received 1\.5"):
        mixer.ordinary_dropout = 1.5
    assert mixer.ordinary_dropout == 0
