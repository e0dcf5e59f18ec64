"""Small performers of any ending."""

import keras
import pytest


@pytest.fixture(scope="session")
def ending_in():
    """Takes the arguments of the last dense layer to a small performer."""
    return _ending_in


def _ending_in(columns, **dense):
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
            layers.Dense(columns, **dense),
        ]
    )
