"""Templates of a part, the peak of a map, and the mask around it."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tf_explainer.config.explainer import MASKS
from tf_explainer.distribution.replicas import whole_batch
from tf_explainer.layers.statistics import add_statistic
from tf_explainer.tensors import Maps, PerImage, Shape


def find_peaks(maps: Maps) -> tuple[PerImage, PerImage, PerImage]:
    """Returns the unit with the strongest activation of each map.

    Args:
        maps: Float tensor `(batch, H, W, filters)`, after the ReLU.

    Returns:
        Rows and columns, int32 `(batch, filters)`, in units of the map, and
        strengths `(batch, filters)` in activation units. A strength of zero
        or below says that the map is silent and has no peak; its row and
        column are then 0. Of equal units the first in reading order wins.

    Examples:
        >>> import numpy as np
        >>> maps = np.zeros((1, 5, 5, 1), "float32")
        >>> maps[0, 1, 3, 0] = 2.0
        >>> row, column, strength = find_peaks(maps)
        >>> int(row[0, 0]), int(column[0, 0]), float(strength[0, 0])
        (1, 3, 2.0)

    Source:
        Zhang et al. 2018, section 3.1 "Mask layer". The paper does not say
        what the peak of a silent map is.
    """
    _, height, width, filters = maps.shape
    units = height * width
    flat = ops.reshape(maps, (-1, units, filters))
    # Keras' own refuses a batch without images.
    strength = tf.reduce_max(flat, axis=1)
    # Twice as fast as `argmax`, which goes through memory in strides; and to
    # Keras' own -0.0 is less than 0.0.
    highest = tf.cast(flat >= strength[:, None], tf.float32)
    left = highest * tf.range(units, 0, -1, dtype=tf.float32)[:, None]
    left = tf.reduce_max(left, axis=1)
    # Nothing is as high as NaN: such a map has its peak in unit 0.
    left = tf.where(left > 0, left, float(units))
    unit = tf.cast(units - left, tf.int32)
    return unit // width, unit % width, strength


def part_templates(
    height: int, width: int | None = None, *, beta: float
) -> np.ndarray:
    """Returns one positive template per unit of an `H × W` feature map.

    `T_mu[i, j] = tau * max(1 - beta * (|i - mu_0| + |j - mu_1|) / L, -1)`
    with `tau = 0.5 / (H * W)` and `L = max(H, W)`.

    Args:
        height: Rows `H` of the feature map.
        width: Columns `W` of the feature map; `None` means `H`.
        beta: Steepness of the peak, no unit.

    Returns:
        float64 array `(H * W, H, W)`; row `i * W + j` peaks at `[i, j]`.

    Raises:
        ValueError: If a side is below 1 or `beta` is not above 0.

    Source:
        Zhang, Wu, Zhu, "Interpretable Convolutional Neural Networks",
        CVPR 2018, section 3, where maps are square. For other maps we take
        the longer side in the slope and the number of units in `tau`.
    """
    width = height if width is None else width
    if height < 1 or width < 1:
        raise ValueError(
            "`height` and `width` must be at least 1, received "
            f"{height} and {width}."
        )
    if not beta > 0:
        raise ValueError(f"`beta` must be above 0, received {beta}.")
    rows = np.abs(np.arange(height)[:, None] - np.arange(height))
    columns = np.abs(np.arange(width)[:, None] - np.arange(width))
    distance = rows[:, None, :, None] + columns[None, :, None, :]
    tau = 0.5 / (height * width)
    shape = tau * np.maximum(1 - beta * distance / max(height, width), -1)
    return shape.reshape(height * width, height, width)


def templates_at(
    row: PerImage,
    column: PerImage,
    size: tuple[int, int],
    *,
    beta: float,
    least: float,
) -> Maps:
    """Returns the template around each peak, without its factor `tau`.

    `max(1 - beta * (|i - mu_0| + |j - mu_1|) / L, least)`

    Args:
        row: Rows of the peaks, float `(batch, filters)`, units of the map.
        column: Columns of the peaks, of the same shape.
        size: Rows and columns of the map.
        beta: Steepness of the peak, no unit.
        least: -1 for the paper's templates, 0 for its masks.

    Returns:
        `(batch, H, W, filters)`, of the dtype of `row`.

    Source:
        `part_templates`; Zhang et al. 2018, section 3.1 "Mask layer".
    """
    height, width = size
    slope = beta / max(size)
    rows = tf.range(height, dtype=row.dtype)[:, None]
    columns = tf.range(width, dtype=row.dtype)[:, None]
    # What is small is made first: over the map there are but two passes.
    down = 1 - slope * tf.abs(rows - row[:, None])
    across = slope * tf.abs(columns - column[:, None])
    shape = down[:, :, None] - across[:, None]
    return tf.nn.relu(shape) if least == 0 else tf.maximum(shape, least)


# Without a mask there is no layer either.
CENTERS = tuple(mask for mask in MASKS if mask != "none")


@keras.saving.register_keras_serializable("tf_explainer")
class PartMask(keras.layers.Layer):
    """Keeps what a filter fires near its peak and silences the rest.

    `y = x * max(1 - beta * (|i - mu_0| + |j - mu_1|) / L, 0)`, where `mu` is
    the peak of that map. The mask is a constant for the gradient. A map
    without a positive unit has no peak and stays zero.

    Args:
        beta: Steepness of the mask, no unit.
        mask: Its center: `"argmax"` takes the strongest unit as peak,
            `"centroid"` the mean position weighted by the activations.
        silence: Share of the images, in [0, 1), in which a filter stays
            silent: those with its weakest peaks. A part is not in every
            image, and a filter that must point somewhere points at random.
            While the layer is trained it keeps, for each filter, a running
            `threshold` below which that share of the peaks lies.
        momentum: Share of the old `threshold` that a batch keeps, in [0, 1).
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Float tensor `(batch, H, W, filters)`, after the ReLU.
        training: Whether `threshold` follows the peaks; a frozen layer keeps
            its own.

    Returns:
        Tensor of the shape and dtype of `inputs`.

    Raises:
        ValueError: If an argument is out of range.

    Source:
        Zhang et al. 2018, section 3.1 "Mask layer": `max(T_mu, 0)`. We leave
        out the constant factor `tau` of the templates, which the norm-layer
        cancels. The centroid is the choice of the authors' MATLAB code.
        `silence` is ours; the paper's negative template asks for the same
        of the filter loss alone.
    """

    def __init__(
        self,
        *,
        beta: float,
        mask: str,
        silence: float,
        momentum: float = 0.8,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not beta > 0:
            raise ValueError(f"`beta` must be above 0, received {beta}.")
        if mask not in CENTERS:
            raise ValueError(
                f"`mask` must be one of {CENTERS}, received {mask!r}."
            )
        for name, value in (("silence", silence), ("momentum", momentum)):
            if not 0 <= value < 1:
                raise ValueError(
                    f"`{name}` must lie in [0, 1), received {value}."
                )
        self.beta = beta
        self.mask = mask
        self.silence = silence
        self.momentum = momentum

    def build(self, input_shape: Shape) -> None:
        if self.silence > 0:
            self.threshold = add_statistic(
                self, "threshold", (input_shape[-1],)
            )
            self.batches = add_statistic(self, "batches", ())

    def call(self, inputs: Maps, training: bool = False) -> Maps:
        maps = ops.cast(ops.stop_gradient(inputs), "float32")
        _, height, width, _ = maps.shape
        row, column = (
            _argmax(maps) if self.mask == "argmax" else _centroid(maps)
        )
        mask = templates_at(
            row, column, (height, width), beta=self.beta, least=0
        )
        if self.silence > 0:
            strengths = tf.reduce_max(maps, axis=(1, 2))
            if training and self.trainable:
                self._observe(strengths)
            fires = ops.cast(strengths > self.threshold, "float32")
            mask = mask * fires[:, None, None]
        return inputs * ops.cast(mask, inputs.dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "beta": self.beta,
            "mask": self.mask,
            "silence": self.silence,
            "momentum": self.momentum,
        }

    def _observe(self, strengths: PerImage) -> None:
        """Moves the threshold towards the quantile of one batch."""
        # The quantile of a batch is not the mean of its parts' quantiles.
        seen = ops.quantile(whole_batch(strengths), self.silence, axis=0)
        # The first batch replaces the threshold: there was none before.
        kept = ops.where(self.batches > 0, self.momentum, 0.0)
        self.threshold.assign(kept * self.threshold + (1 - kept) * seen)
        self.batches.assign_add(1.0)


def _argmax(maps: Maps) -> tuple[PerImage, PerImage]:
    row, column, _ = find_peaks(maps)
    return ops.cast(row, "float32"), ops.cast(column, "float32")


def _centroid(maps: Maps) -> tuple[PerImage, PerImage]:
    """Mean position of the positive activations, `(batch, filters)` each."""
    _, height, width, _ = maps.shape
    weight = ops.relu(maps)
    # Relative to the strongest: the sum of very large ones is no number.
    highest = tf.reduce_max(weight, axis=(1, 2), keepdims=True)
    weight = weight / ops.maximum(highest, 1e-30)
    total = ops.maximum(ops.sum(weight, axis=(1, 2)), 1e-12)
    rows = ops.arange(height, dtype="float32")[None, :, None, None]
    columns = ops.arange(width, dtype="float32")[None, None, :, None]
    return (
        ops.sum(weight * rows, axis=(1, 2)) / total,
        ops.sum(weight * columns, axis=(1, 2)) / total,
    )
