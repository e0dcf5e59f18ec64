"""The paper's approximate gradient of the filter loss."""

from typing import Any

import tensorflow as tf

from tf_explainer.losses.filter_losses import FILTER_LOSSES, FilterContext
from tf_explainer.losses.template_scores import (
    all_templates,
    log_ratios,
    template_scores,
)


@FILTER_LOSSES.register("paper")
def winning_template_gradient(
    maps: Any, context: FilterContext
) -> tuple[Any, Any]:
    """Returns the exact loss and the gradient through one template a map.

    `dLoss/dx = -p(T^) p(x|T^) log(p(x|T^) / p(x)) T^`, where `T^` is the
    template at the peak of the map if the image shows the category of the
    filter, and the negative template otherwise. `Z_T` is held constant.

    Args:
        maps: float32 or float64 tensor `(batch, H, W, filters)`.
        context: Reads `positive` and `beta`.

    Returns:
        Loss `(filters,)` in nats and the gradient, shaped as `maps`.

    Source:
        Zhang et al. 2018, appendix "Optimization of filter losses", with the
        minus sign of `Loss_f = -MI` that the printed formula lacks.
    """
    _, height, width, filters = maps.shape
    units = height * width
    templates = tf.constant(
        all_templates(height, width, context.beta), maps.dtype
    )
    log_likelihood, log_ratio = log_ratios(template_scores(maps, templates))
    joint = tf.exp(log_likelihood) * log_ratio / (units + 1)
    loss = -tf.reduce_sum(joint, axis=(0, 1))
    flat = tf.reshape(maps, (-1, units, filters))
    winner = tf.argmax(flat, axis=1, output_type=tf.int32)
    if context.positive is not None:
        winner = tf.where(context.positive, winner, units)
    # A one-hot product instead of gathers: XLA compiles it well and it has
    # no data-dependent addresses.
    chosen = tf.one_hot(winner, units + 1, axis=1, dtype=maps.dtype)
    gradient = tf.einsum("btf,tp->bpf", -joint * chosen, templates)
    return loss, tf.reshape(gradient, tf.shape(maps))
