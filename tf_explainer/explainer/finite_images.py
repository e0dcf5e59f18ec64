"""No numbers about images that are none."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops


def finite_images(images: Any, features: Mapping[str, Any]) -> Any:
    """Returns which images can be spoken of, bool `(batch,)`.

    ReLU and max pooling may take NaN for 0, so a broken image can lead to
    scores that look like any others: the pixels themselves are asked.

    Args:
        images: `(batch, H, W, channels)`, or `None` if they are gone.
        features: What the performer makes of them, see `Attachment`.
    """
    asked = [features["target"], features["scores"]]
    asked += [] if images is None else [images]
    finite = True
    for values in asked:
        inner = tuple(range(1, len(values.shape)))
        seen = ops.isfinite(ops.cast(values, "float32"))
        finite = ops.logical_and(finite, ops.all(seen, axis=inner))
    return finite


def nan_unless(finite: Any, values: Any) -> Any:
    """Returns values with NaN for every image that is not finite.

    Args:
        finite: bool `(batch,)`, from `finite_images`.
        values: A float tensor with the images on its first axis, or a
            structure of such.
    """

    def masked(one: Any) -> Any:
        column = ops.reshape(finite, (-1,) + (1,) * (len(one.shape) - 1))
        return ops.where(column, one, ops.cast(float("nan"), one.dtype))

    return keras.tree.map_structure(masked, values)
