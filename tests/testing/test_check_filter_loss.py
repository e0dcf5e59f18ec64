"""Filter losses that teach nothing are refused."""

import pytest
import tensorflow as tf

from tf_explainer.losses import FILTER_LOSSES
from tf_explainer.testing import check_filter_loss


def loudness(maps):
    """A filter's mean, and its gradient; a dead filter has none."""
    alive = tf.cast(maps > 0, maps.dtype)
    return tf.reduce_mean(maps, axis=(0, 1, 2)), alive / 400


def without_gradient(maps, context):
    """A value that no step lowers."""
    return loudness(maps)[0], tf.zeros_like(maps)


def of_one_filter(maps, context):
    """Only the first filter learns."""
    loss, gradient = loudness(maps)
    return loss, gradient * tf.one_hot(0, maps.shape[-1])


def upwards(maps, context):
    """Steps raise it."""
    loss, gradient = loudness(maps)
    return loss, -gradient


def constant(maps, context):
    """A slope of what does not change."""
    return tf.ones(maps.shape[-1:]), loudness(maps)[1]


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (without_gradient, "a live filter gets no gradient"),
        (of_one_filter, "a live filter gets no gradient"),
        (upwards, "does not lower the loss"),
        (constant, "a constant has a slope"),
    ],
)
def test_refuses(loss, message, monkeypatch):
    """The kind and what is wrong with it."""
    FILTER_LOSSES.names()
    monkeypatch.setitem(FILTER_LOSSES._entries, "made", loss)
    with pytest.raises(AssertionError, match=f"made: .*{message}"):
        check_filter_loss("made")
