"""A layer under another name, through a clone and a file."""

import keras
import numpy as np

from tf_explainer.attachment.flat_graph import Renamed

IMAGES = np.random.default_rng(0).random((2, 4, 4, 3), np.float32)


def test_round_trip_of_layers_and_operations(tmp_path):
    """A reloaded model gives the same, under the other names."""
    image = keras.Input((4, 4, 3))
    x = Renamed(keras.layers.Conv2D(2, 3, name="conv"), name="other")(image)
    divided = (x / 2.0)._keras_history.operation
    model = keras.Model(image, Renamed(divided, name="half")(x, 2.0))
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    assert [layer.name for layer in again.layers[1:]] == ["other", "half"]
    np.testing.assert_array_equal(again(IMAGES), model(IMAGES))


def test_clone_has_weights_of_its_own():
    """As every layer of a cloned model."""
    conv = keras.layers.Conv2D(2, 3, name="conv")
    image = keras.Input((4, 4, 3))
    model = keras.Model(image, Renamed(conv, name="other")(image))
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    np.testing.assert_array_equal(copy(IMAGES), conv(IMAGES))
    conv.kernel.assign(conv.kernel * 2)
    assert not np.allclose(copy(IMAGES), conv(IMAGES))
