"""Toy performers and images."""

import pytest

from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer


@pytest.fixture
def performer():
    """A fresh toy performer."""
    return toy_performer()


@pytest.fixture
def images():
    """Twelve random images."""
    return toy_images()


@pytest.fixture
def explainer(performer):
    """An explainer that has not been trained."""
    return Explainer.from_performer(performer)
