"""A performer with one sigmoid, told from the background."""

import keras
import numpy as np
import pytest

from tf_explainer import Explainer


def sigmoid_performer(bias):
    """Returns a network that calls every image an object, or none."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((16, 16, 3)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(4, 3, padding="same", activation="relu"),
            layers.Conv2D(4, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(4, activation="relu"),
            layers.Dense(4, activation="relu"),
            layers.Dense(
                1,
                activation="sigmoid",
                kernel_initializer="zeros",
                bias_initializer=keras.initializers.Constant(bias),
            ),
        ]
    )


@pytest.mark.parametrize(("bias", "counted"), [(2.0, 6), (-2.0, 0)])
def test_background_of_a_sigmoid_does_not_count_towards_alpha(bias, counted):
    """`negative_category=1`, as of a single-category run."""
    explainer = Explainer.from_performer(
        sigmoid_performer(bias), negative_category=1
    )
    images = np.random.default_rng(0).uniform(0, 255, (6, 16, 16, 3))
    features = explainer.attachment.features(images.astype("float32"))
    explainer.encode(features, training=True)
    assert float(explainer.norms[0].count) == counted
