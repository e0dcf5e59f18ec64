"""What is told about a performer."""

import keras

from tf_explainer.attachment import Cut
from tf_explainer.attachment.inspection import inspect_performer
from tf_explainer.testing import toy_performer


def test_layers_cuts_and_choice():
    """All layers with shapes, the cuts with their maps, the one chosen."""
    found = inspect_performer(toy_performer())
    assert found.input_shape == (32, 32, 3)
    shapes = {path: (kind, shape) for path, kind, shape in found.layers}
    assert shapes["conv5"] == ("Conv2D", (4, 4, 12))
    assert shapes["fc6"] == ("Dense", (8,))
    assert len(found.layers) == len(toy_performer().layers) - 1
    assert found.chosen == Cut("relu4", "relu5", ("fc6", "fc7"))
    assert (found.chosen, (4, 4)) in found.cuts
    assert "paper" in found.reason


def test_no_cut_is_told_not_raised():
    """The layers are shown all the same."""
    image = keras.Input((8, 8, 3))
    flat = keras.layers.Flatten(name="flat")(image)
    found = inspect_performer(keras.Model(image, keras.layers.Dense(2)(flat)))
    assert found.chosen is None and not found.cuts
    assert [path for path, *_ in found.layers][0] == "flat"
    assert "a network without" in found.reason
