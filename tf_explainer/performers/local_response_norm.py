"""Local response normalization, as MatConvNet counts its numbers."""

from typing import Any

import keras
import tensorflow as tf
from keras import ops

from tf_explainer.errors import InputError


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
