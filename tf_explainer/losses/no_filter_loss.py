"""No filter loss at all, for ablations."""

from typing import Any

import tensorflow as tf

from tf_explainer.losses.filter_losses import FILTER_LOSSES, FilterContext


@FILTER_LOSSES.register("none")
def no_filter_gradient(maps: Any, context: FilterContext) -> tuple[Any, Any]:
    """Returns a loss of zero and a gradient of zero.

    Args:
        maps: Float tensor `(batch, H, W, filters)`.
        context: Not read.

    Returns:
        Zeros `(filters,)` and zeros shaped as `maps`.

    Source:
        The ablation of Zhang et al. 2018 without the third term of
        equation 1.
    """
    return tf.zeros(maps.shape[-1:], maps.dtype), tf.zeros_like(maps)
