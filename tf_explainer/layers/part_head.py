"""Where parts are: K maps and a background that compete at each unit."""

from typing import Any

import keras
import numpy as np
from keras import ops

from tf_explainer.layers.part_mask import find_peaks
from tf_explainer.layers.statistics import add_statistic
from tf_explainer.tensors import Maps, PerImage, Shape, Tensor

# A part that wins nowhere by so much is not in the image.
LEAST_PRESENCE = 0.5
# Of a map around its peak: the power it is raised to, and how far the units
# count, as sum of rows and columns.
SHARPNESS, REACH = 4, 2
# Added to the logit of a silent part.
SILENT = -30.0


def part_places(maps: Maps) -> tuple[PerImage, PerImage, PerImage]:
    """Returns where each part is, and how surely.

    The place is the center of the map around its peak: of the units that lie
    within two rows and columns together, each weighted by the fourth power of
    the map. The presence is the height of the peak.

    Args:
        maps: `(batch, H, W, parts)`, in [0, 1].

    Returns:
        Rows and columns, float32 `(batch, parts)`, in units of the map; and
        presences `(batch, parts)` in [0, 1].

    Examples:
        >>> import numpy as np
        >>> maps = np.zeros((1, 5, 5, 1), "float32")
        >>> maps[0, 1, 2, 0] = maps[0, 1, 3, 0] = 0.8
        >>> row, column, presence = part_places(maps)
        >>> float(row[0, 0]), float(column[0, 0])
        (1.0, 2.5)

    Source:
        Ours; a part of the image lies between units.
    """
    maps = ops.cast(maps, "float32")
    _, height, width, _ = maps.shape
    row, column, presence = find_peaks(maps)
    rows = ops.arange(height, dtype="float32")[None, :, None, None]
    columns = ops.arange(width, dtype="float32")[None, None, :, None]
    away = ops.abs(rows - ops.cast(row, "float32")[:, None, None]) + ops.abs(
        columns - ops.cast(column, "float32")[:, None, None]
    )
    # Relative to the peak: the fourth power of a faint map is no number.
    height_of = ops.maximum(presence, 1e-12)[:, None, None]
    weight = (maps / height_of) ** SHARPNESS
    weight = ops.where(away <= REACH, weight, 0.0)
    total = ops.maximum(ops.sum(weight, axis=(1, 2)), 1e-12)
    return (
        ops.sum(weight * rows, axis=(1, 2)) / total,
        ops.sum(weight * columns, axis=(1, 2)) / total,
        presence,
    )


@keras.saving.register_keras_serializable("tf_explainer")
class PartHead(keras.layers.Layer):
    """Says of each unit which part it belongs to, or none.

    conv 3 × 3 → ReLU → conv 3 × 3, dilated by 2 → softmax over `parts + 1`
    channels, of which the last one is the background. Channels of the inputs
    are standardized first by what `standardize` was told.

    Args:
        parts: Number of parts, K.
        hidden: Filters of the first conv-layer.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Target feature `(batch, H, W, channels)`.

    Returns:
        `(batch, H, W, parts + 1)`; they add up to 1 at each unit.

    Raises:
        ValueError: If `parts` or `hidden` is below 1.

    Source:
        Ours, after Hung et al. 2019 (SCOPS) and van der Klis et al. 2023
        (PDiscoNet), whose part maps compete in a softmax, too.
    """

    def __init__(self, parts: int, hidden: int = 96, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name, value in (("parts", parts), ("hidden", hidden)):
            if value < 1:
                raise ValueError(
                    f"`{name}` must be at least 1, received {value}."
                )
        self.parts = parts
        self.hidden = hidden
        shared: dict[str, Any] = {
            "kernel_size": 3,
            "padding": "same",
            "data_format": "channels_last",
            "dtype": self.dtype_policy,
        }
        self.conv_1 = keras.layers.Conv2D(
            hidden,
            activation="relu",
            kernel_initializer="he_normal",
            name="conv_1",
            **shared,
        )
        # Dilated: a part is known by what lies around it.
        self.conv_2 = keras.layers.Conv2D(
            parts + 1, dilation_rate=2, name="conv_2", **shared
        )

    def build(self, input_shape: Shape) -> None:
        channels = (input_shape[-1],)
        self.mean = add_statistic(self, "mean", channels)
        self.deviation = add_statistic(self, "deviation", channels, "ones")
        self.silence = add_statistic(self, "silence", (self.parts,))
        self.conv_1.build(input_shape)
        self.conv_2.build((*input_shape[:-1], self.hidden))

    def call(self, inputs: Maps) -> Maps:
        maps = ops.softmax(self.logits(inputs), axis=-1)
        return ops.cast(maps, self.compute_dtype)

    def logits(self, inputs: Maps) -> Maps:
        """Returns the maps before the softmax, float32.

        Args:
            inputs: Target feature `(batch, H, W, channels)`.
        """
        hidden = self.conv_1(
            ops.cast(self.standardized(inputs), self.compute_dtype)
        )
        logits = ops.cast(self.conv_2(hidden), "float32")
        quiet = ops.concatenate([self.silence, ops.zeros((1,))])
        return logits + SILENT * quiet

    def log_odds(self, inputs: Maps) -> Maps:
        """Returns by how much each part is ahead of all others, float32.

        The logarithm of `map / (1 - map)`: above 0 where a part holds more
        than half of a unit. Unlike the map it goes on growing near 1.

        Args:
            inputs: Target feature `(batch, H, W, channels)`.

        Returns:
            `(batch, H, W, parts)`.
        """
        logits = self.logits(inputs)
        own = ops.eye(self.parts, self.parts + 1, dtype="bool")
        others = ops.where(own, -np.inf, logits[..., None, :])
        return logits[..., : self.parts] - ops.logsumexp(others, axis=-1)

    def standardized(self, inputs: Maps) -> Tensor:
        """Returns the inputs with each channel at mean 0 and deviation 1.

        Args:
            inputs: Target feature `(batch, H, W, channels)`.
        """
        inputs = ops.cast(inputs, "float32")
        return (inputs - self.mean) / self.deviation

    def standardize(self, mean: Any, deviation: Any) -> None:
        """Sets what the channels of the inputs are standardized by.

        Args:
            mean: `(channels,)`.
            deviation: `(channels,)`; a channel that hardly changes is divided
                by a thousandth of the largest deviation.
        """
        deviation = ops.convert_to_tensor(deviation, "float32")
        least = ops.maximum(1e-3 * ops.max(deviation), 1e-6)
        self.mean.assign(mean)
        self.deviation.assign(ops.maximum(deviation, least))

    def silence_parts(self, which: Any) -> None:
        """Lets parts be nowhere from now on.

        Args:
            which: bool `(parts,)`.
        """
        self.silence.assign(
            ops.maximum(self.silence, ops.cast(which, "float32"))
        )

    def reorder(self, order: Any) -> None:
        """Puts the parts into another order.

        Args:
            order: int `(parts,)`, which part comes first, second, ….
        """
        self.silence.assign(ops.take(self.silence, order, axis=0))
        channels = np.append(np.asarray(order), self.parts)
        for weight in (self.conv_2.kernel, self.conv_2.bias):
            weight.assign(ops.take(weight, channels, axis=-1))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], self.parts + 1)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "parts": self.parts,
            "hidden": self.hidden,
        }
