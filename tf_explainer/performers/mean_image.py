"""Subtraction of the mean image, inside the model."""

from typing import Any

import keras
import numpy as np
from keras import ops

IMAGENET_MEAN = (123.68, 116.779, 103.939)


@keras.saving.register_keras_serializable("tf_explainer")
class MeanImage(keras.layers.Layer):
    """Subtracts the mean image that a network was trained with.

    The mean is a weight that does not learn, so that it is saved and loaded
    with the network. It starts with ImageNet's mean color.

    Args:
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Images `(batch, H, W, 3)`, RGB, 0–255.

    Returns:
        Tensor of the shape of `inputs`.

    Source:
        `meta.normalization.averageImage` of MatConvNet.
    """

    def __init__(self, **kwargs: Any) -> None:
        # In bfloat16 the values of an image would be rounded before the
        # subtraction.
        super().__init__(autocast=False, **kwargs)

    def build(self, input_shape: Any) -> None:
        self.mean = self.add_weight(
            name="mean",
            shape=input_shape[1:],
            initializer=_imagenet_mean,
            trainable=False,
            dtype="float32",
            autocast=False,
        )

    def set_mean(self, mean: np.ndarray) -> None:
        """Sets the mean.

        Args:
            mean: Image `(H, W, 3)` or color `(1, 1, 3)`. An image of another
                size than the layer's stands for its mean color, since a mean
                image has no detail that could be resized.
        """
        if mean.shape != tuple(self.mean.shape):
            mean = mean.mean(axis=(0, 1), keepdims=True)
        self.mean.assign(np.broadcast_to(mean, self.mean.shape))

    def call(self, inputs: Any) -> Any:
        centered = ops.cast(inputs, "float32") - self.mean
        return ops.cast(centered, self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


def _imagenet_mean(shape: Any, dtype: Any = None) -> Any:
    return ops.broadcast_to(ops.convert_to_tensor(IMAGENET_MEAN, dtype), shape)
