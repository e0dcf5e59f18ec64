"""Layers of the paper's networks."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tf_explainer.errors import InputError


@keras.saving.register_keras_serializable("tf_explainer")
class GroupedConv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` that computes its groups one after the other.

    Output channels of one group read the input channels of that group alone.
    Keras compiles grouped convolutions on a CPU with XLA, which costs three
    times the time of a training step (measured on AlexNet's conv2) and is not
    built into every server; slices are plain operations.

    Args:
        *args: As of `keras.layers.Conv2D`.
        **kwargs: As of `keras.layers.Conv2D`.

    Source:
        Krizhevsky et al. 2012, section 3.5: kernels of conv2, conv4 and conv5
        see half of the maps.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Convolves group by group.

        Args:
            inputs: `(batch, H, W, channels)`.
            kernel: `(rows, columns, channels / groups, filters)`.
        """
        if self.groups == 1:
            return super().convolution_op(inputs, kernel)
        maps = ops.split(inputs, self.groups, axis=-1)
        kernels = ops.split(kernel, self.groups, axis=-1)
        pairs = zip(maps, kernels, strict=True)
        parts = [super(GroupedConv2D, self).convolution_op(*p) for p in pairs]
        return ops.concatenate(parts, axis=-1)


@keras.saving.register_keras_serializable("tf_explainer")
class LocalResponseNorm(keras.layers.Layer):
    """Divides each channel by the energy of the channels beside it.

    `y_k = x_k / (kappa + alpha * Σ x_t²) ** beta`, where `t` runs over the
    `channels` channels around `k`, fewer at both ends.

    Args:
        channels: How many channels are summed, an odd number.
        kappa: Constant in the denominator.
        alpha: Factor of the sum of squares (of the sum, as in MatConvNet and
            TensorFlow; Caffe's alpha is `channels` times as large).
        beta: Exponent.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Float tensor `(batch, H, W, channels)`.

    Returns:
        Tensor of the shape and dtype of `inputs`.

    Raises:
        InputError: If `channels` is even or below 1.

    Source:
        Krizhevsky et al. 2012, section 3.3; `vl_nnnormalize` of MatConvNet
        with `[N κ α β]`.
    """

    def __init__(
        self,
        channels: int = 5,
        kappa: float = 2.0,
        alpha: float = 1e-4,
        beta: float = 0.75,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if channels < 1 or channels % 2 == 0:
            raise InputError(
                f"`channels` must be odd and above 0, received {channels}."
            )
        self.channels = int(channels)
        self.kappa = kappa
        self.alpha = alpha
        self.beta = beta

    def call(self, inputs: Any) -> Any:
        # Squares of float16 end at 65504, and its kernel knows no bfloat16.
        normed = tf.nn.local_response_normalization(
            ops.cast(inputs, "float32"),
            depth_radius=(self.channels - 1) // 2,
            bias=self.kappa,
            alpha=self.alpha,
            beta=self.beta,
        )
        return ops.cast(normed, self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "channels": self.channels,
            "kappa": self.kappa,
            "alpha": self.alpha,
            "beta": self.beta,
        }


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


@keras.saving.register_keras_serializable("tf_explainer")
class ClassScores(keras.layers.Activation):
    """Softmax in float32 whose configuration holds the class names.

    Args:
        class_names: Names in the order of the scores, or `None`.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Scores before the softmax `(batch, classes)`.

    Returns:
        Scores `(batch, classes)` that add up to 1.
    """

    def __init__(
        self, class_names: Sequence[str] | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("dtype", "float32")
        super().__init__("softmax", **kwargs)
        self.class_names = None if class_names is None else list(class_names)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["activation"]
        return {**config, "class_names": self.class_names}
