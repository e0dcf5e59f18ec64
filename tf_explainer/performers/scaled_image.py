"""The preprocessing that a CNN was trained with, in front of it."""

from typing import Any

import keras
from keras import ops

# Name → divisor, mean and standard deviation of each channel, and whether
# the channels are turned to BGR before these are taken.
_RGB = (0.0, 0.0, 0.0)
_SAME = (1.0, 1.0, 1.0)
_TORCH = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_CAFFE = (103.939, 116.779, 123.68)
SCALES: dict[str, tuple[float, tuple, tuple, bool]] = {
    "none": (1.0, _RGB, _SAME, False),
    "unit": (255.0, _RGB, _SAME, False),
    "tf": (127.5, _SAME, _SAME, False),
    "torch": (255.0, *_TORCH, False),
    "caffe": (1.0, _CAFFE, _SAME, True),
}


@keras.saving.register_keras_serializable("tf_explainer")
class ScaledImage(keras.layers.Layer):
    """Gives a CNN the values that it was trained on.

    Args:
        scale: A key of `SCALES`: `none` leaves 0–255; `unit` makes 0–1; `tf`
            makes −1–1; `torch` makes 0–1, less ImageNet's mean, over its
            standard deviation; `caffe` makes BGR, less ImageNet's mean.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Images `(batch, H, W, 3)`, RGB, 0–255.

    Returns:
        Tensor of the shape of `inputs`.

    Source:
        `keras.applications.imagenet_utils.preprocess_input`, whose modes are
        called `tf`, `torch` and `caffe`, too.
    """

    def __init__(self, scale: str = "none", **kwargs: Any) -> None:
        # In bfloat16 the values of an image would be rounded before they are
        # scaled.
        super().__init__(autocast=False, **kwargs)
        self.scale = scale

    def call(self, inputs: Any) -> Any:
        divisor, mean, deviation, turned = SCALES[self.scale]
        images = ops.cast(inputs, "float32")
        if turned:
            images = ops.flip(images, axis=-1)
        images = (images / divisor - ops.array(mean)) / ops.array(deviation)
        return ops.cast(images, self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "scale": self.scale}
