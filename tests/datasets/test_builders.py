"""Builders are found by their folders."""

import pytest
import tensorflow_datasets as tfds

from tf_explainer.datasets import DATASETS
from tf_explainer.errors import InputError


def test_finds_builders():
    """Every name is a tfds builder of that name with landmarks."""
    assert "drawn_animals" in DATASETS
    assert len(DATASETS) == len(list(DATASETS))
    for name, builder in DATASETS.items():
        assert issubclass(builder, tfds.core.GeneratorBasedBuilder)
        assert builder.name == name


def test_unknown_name():
    """The near one is offered, and asking does no harm."""
    assert "drawn_animal" not in DATASETS
    with pytest.raises(InputError, match="Did you mean 'drawn_animals'"):
        DATASETS["drawn_animal"]
