"""The backbones of the command line are those of the registry."""

import inspect

from tf_explainer.config.performer import backbones
from tf_explainer.performers import PERFORMERS


def test_every_registered_performer_that_takes_weights():
    """Found without importing them; one that takes none is left out."""
    expected = [
        name
        for name in PERFORMERS.names()
        if "weights" in inspect.signature(PERFORMERS.get(name)).parameters
    ]
    assert list(backbones()) == expected
    assert {"alexnet", "vgg_m", "vgg_s", "vgg_16"} <= set(expected)
    assert "small_cnn" not in expected
