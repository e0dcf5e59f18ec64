"""Functions within layers, which Keras must find by name."""

import random

import keras
import pytest
import tensorflow as tf

from tf_explainer.attachment import FlatGraph
from tf_explainer.attachment.loadable import check_loadable
from tf_explainer.errors import InputError

layers = keras.layers


def check(**options):
    """Checks a network whose last layer has these options."""
    image = keras.Input((8, 8, 3))
    x = layers.Dropout(0.5)(layers.Conv2D(2, 3)(image))
    x = layers.GlobalAveragePooling2D()(x)
    scores = layers.Dense(3, name="scores", **options)(x)
    performer = keras.Model(image, scores)
    check_loadable(performer, FlatGraph.of(performer))


def softer(x):
    """An activation of a user's own."""
    return keras.ops.softmax(x / 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"activation": tf.nn.softmax}, "Write `activation='softmax'` in"),
        ({"activation": tf.nn.swish}, "Write `activation='swish'` in"),
        ({"activation": softer}, "register_keras_serializable.. above functi"),
        ({"activation": lambda x: x}, "lambdas included"),
        (
            {"activation": "relu", "kernel_regularizer": lambda x: 0.0},
            "lambdas included",
        ),
    ],
)
def test_rejects_functions_that_keras_does_not_find(options, message):
    """The layer is named, and what to write in place of the function."""
    with pytest.raises(InputError, match=f"'scores'.*Dense.*{message}"):
        check(**options)


def test_accepts_what_keras_knows():
    """Names, Keras' own functions, and registered ones."""
    check(activation="softmax")
    check(activation=keras.activations.gelu)
    with keras.saving.custom_object_scope({"softer": softer}):
        check(activation=softer)


def test_draws_no_seeds():
    """The weights of what is built next do not change."""
    image = keras.Input((8, 8, 3))
    performer = keras.Model(image, layers.Dropout(0.5)(image))
    graph, state = FlatGraph.of(performer), random.getstate()
    check_loadable(performer, graph)
    assert random.getstate() == state
