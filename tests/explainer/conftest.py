"""Tiny performers and images."""

import keras
import numpy as np
import pytest

from tf_explainer.explainer import Explainer
from tf_explainer.performers import PERFORMERS


def tiny_performer(classes=3, seed=0):
    """Returns a performer of 32-pixel images with 4 × 4 maps."""
    keras.utils.set_random_seed(seed)
    return PERFORMERS.get("small_cnn")(
        classes, image_size=32, width=4, units=8
    )


def tiny_images(count=12, seed=0):
    """Returns float images 0–255."""
    random = np.random.default_rng(seed)
    return random.uniform(0, 255, (count, 32, 32, 3)).astype("float32")


@pytest.fixture
def performer():
    """A fresh tiny performer."""
    return tiny_performer()


@pytest.fixture
def images():
    """Twelve random images."""
    return tiny_images()


@pytest.fixture
def explainer(performer):
    """An explainer that has not been trained."""
    return Explainer.from_performer(performer)
