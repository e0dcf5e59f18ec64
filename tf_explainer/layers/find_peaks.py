"""Where a filter fires most."""

from typing import Any

import tensorflow as tf
from keras import ops


def find_peaks(maps: Any) -> tuple[Any, Any, Any]:
    """Returns the unit with the strongest activation of each map.

    Args:
        maps: Float tensor `(batch, H, W, filters)`, after the ReLU.

    Returns:
        Rows and columns, int32 `(batch, filters)`, in units of the map, and
        strengths `(batch, filters)` in activation units. A strength of zero
        or below says that the map is silent and has no peak; its row and
        column are then 0. Of equal units the first in reading order wins.

    Source:
        Zhang et al. 2018, section 3.1 "Mask layer". The paper does not say
        what the peak of a silent map is.
    """
    _, height, width, filters = maps.shape
    flat = ops.reshape(maps, (-1, height * width, filters))
    # Not Keras' own, which orders -0.0 below 0.0 by its bits: LiteRT has no
    # such operation, and of a map after the ReLU both are silent.
    unit = tf.argmax(flat, axis=1, output_type="int32")
    return unit // width, unit % width, ops.max(flat, axis=1)
