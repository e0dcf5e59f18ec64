"""The classification loss, against its definition."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.losses import classification_loss

LOGITS = np.array([[2.0, -1.0, 0.5], [0.0, 3.0, -2.0]], "float32")
LABELS = np.eye(3, dtype="float32")[[2, 1]]


def _by_hand(logits, labels):
    logits = logits.astype("float64")
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -(labels * logs).sum(axis=1).mean()


@pytest.mark.parametrize("logits", [False, True])
def test_definition(logits):
    """Minus the mean log probability of the category."""
    scores = LOGITS if logits else np.asarray(keras.ops.softmax(LOGITS))
    received = classification_loss(tf.constant(scores), LABELS, logits)
    np.testing.assert_allclose(received, _by_hand(LOGITS, LABELS), rtol=1e-5)


@pytest.mark.parametrize("logits", [False, True])
def test_one_column(logits):
    """The probability of the positive one of two categories."""
    logit = np.array([[1.5], [-0.5]], "float32")
    labels = np.array([[1.0], [1.0]], "float32")
    chance = 1 / (1 + np.exp(-logit))
    scores = logit if logits else chance
    received = classification_loss(tf.constant(scores), labels, logits)
    np.testing.assert_allclose(received, -np.log(chance).mean(), rtol=1e-5)


def test_wrong_and_sure_still_learns():
    """Far behind 1e-7 the slope by the logits is still that of the loss."""
    head = keras.Sequential(
        [keras.Input((3,)), keras.layers.Activation("softmax")]
    )
    logits = tf.constant([[60.0, 0.0, 0.0]])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = classification_loss(head(logits), LABELS[:1])
    np.testing.assert_allclose(loss, 60.0, rtol=1e-5)
    slope = tape.gradient(loss, logits)
    np.testing.assert_allclose(slope, [[1.0, 0.0, -1.0]], atol=1e-6)
