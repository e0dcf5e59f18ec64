"""Positions by arithmetic against where single pixels show."""

import keras
import numpy as np
import pytest
from keras import ops

from tf_explainer.attachment import FlatGraph, ReceptiveField

layers = keras.layers


def blurred(size):
    """A pooling layer wider than a step, so that no pixel falls between."""
    return layers.AveragePooling2D(size, 1, padding="same")


FRONTS = {
    "padded": layers.ZeroPadding2D(((3, 5), (0, 8))),
    "cropped": layers.Cropping2D(((3, 0), (5, 2))),
    "cropped in the center": layers.CenterCrop(40, 37),
    "enlarged": layers.UpSampling2D(2, interpolation="bilinear"),
    "resized": layers.Resizing(42, 50),
    "resized and cropped": layers.Resizing(48, 30, crop_to_aspect_ratio=True),
    "resized and padded": layers.Resizing(60, 60, pad_to_aspect_ratio=True),
    "spectral": layers.SpectralNormalization(
        layers.Conv2D(2, 3, 2, padding="same", kernel_initializer="ones")
    ),
    "ops.pad": lambda x: ops.pad(x, ((0, 0), (6, 2), (0, 4), (0, 0))),
    "ops.image.resize": lambda x: ops.image.resize(
        x, (24, 36), crop_to_aspect_ratio=True
    ),
    "sliced": lambda x: x[:, 4:, :-6],
    "sliced by two": lambda x: blurred(2)(x)[:, 1::2, ::2, :],
    "sliced behind an ellipsis": lambda x: x[..., 4:, :],
    "BGR": lambda x: x[..., ::-1],
    "one channel": lambda x: ops.expand_dims(x[..., 1], -1),
    "space to depth": lambda x: ops.concatenate(
        [x[:, row::2, column::2] for row in (0, 1) for column in (0, 1)], -1
    ),
    "channels shuffled": lambda x: ops.reshape(
        ops.transpose(
            ops.reshape(x, (-1, *x.shape[1:3], 3, 1)), (0, 1, 2, 4, 3)
        ),
        (-1, *x.shape[1:]),
    ),
    "channels split": lambda x: ops.concatenate(ops.split(x, 3, -1), -1),
}


@pytest.mark.parametrize("shape", [(48, 48, 3), (48, 70, 3), (62, 48, 3)])
@pytest.mark.parametrize("name", FRONTS)
def test_single_pixels_show_where_they_are(name, shape):
    """The units that answer to a pixel lie around it, within a unit."""
    front = FRONTS[name]
    if isinstance(front, layers.Layer):
        front = front.__class__.from_config(front.get_config())
    image = keras.Input(shape)
    model = keras.Model(image, layers.Identity(name="top")(front(image)))
    field = ReceptiveField.of(FlatGraph.of(model), "top")
    for place in ((20, 22), (30, 25)):
        spot = np.zeros((1, *shape), "float32")
        spot[0, *place] = 1
        map_ = np.abs(model(spot)[0] - model(0 * spot)[0]).sum(-1)
        rows, columns = np.indices(map_.shape)
        unit = [(axis * map_).sum() / map_.sum() for axis in (rows, columns)]
        expected = field.unit(*place)
        np.testing.assert_allclose(unit, expected, atol=0.51)


def test_a_unit_of_a_pixel_by_hand():
    """Centers at 3.5, 11.5, …: pixel 11.5 is that of unit 1."""
    field = ReceptiveField((3.5, 3.5), (8, 8), (8, 8), (32, 32), (4, 4))
    assert field.unit(11.5, 3.5) == (1, 0)
