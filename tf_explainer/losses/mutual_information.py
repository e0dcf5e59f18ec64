"""The mutual-information filter loss, exact."""

from typing import Any

import tensorflow as tf

from tf_explainer.losses.filter_losses import FILTER_LOSSES, FilterContext
from tf_explainer.losses.template_scores import (
    all_templates,
    log_ratios,
    template_scores,
)


def mutual_information_loss(feature_maps: Any, beta: float = 4.0) -> Any:
    """Minus mutual information between feature maps and part templates.

    `Loss_f = -sum_T p(T) sum_x p(x|T) log(p(x|T) / p(x))`, with
    `p(x|T) = exp(S_T(x)) / Z_T`, `S_T(x) = sum_ij x_ij t_ij`, `Z_T` the sum
    over the images of the batch, `p(T) = 1 / (H * W + 1)` and
    `p(x) = sum_T p(T) p(x|T)`.

    The gradient is exact too:
    `dLoss/dx = -sum_T p(T) p(x|T) (log(p(x|T) / p(x)) - KL_T) T` with
    `KL_T = sum_x p(x|T) log(p(x|T) / p(x))`.

    Args:
        feature_maps: Float tensor `(batch, H, W, filters)`, after the ReLU,
            activation units. float64 is kept, all else is computed in
            float32.
        beta: Steepness of the templates, no unit.

    Returns:
        `(filters,)` in nats, zero or below.

    Source:
        Zhang et al. 2018, equation 2. The appendix prints the gradient
        without the minus sign that `Loss_f = -MI` gives and holds `Z_T`
        constant, which drops `KL_T`; both are mended here.
    """
    maps = tf.convert_to_tensor(feature_maps)
    if maps.dtype != tf.float64:
        maps = tf.cast(maps, tf.float32)

    @tf.custom_gradient
    def loss_of(maps: Any) -> tuple[Any, Any]:
        loss, gradient = exact_gradient(maps, FilterContext(beta=beta))
        return loss, lambda upstream: upstream * gradient

    return loss_of(maps)


@FILTER_LOSSES.register("exact")
def exact_gradient(maps: Any, context: FilterContext) -> tuple[Any, Any]:
    """Returns the exact loss and its exact gradient.

    Args:
        maps: float32 or float64 tensor `(batch, H, W, filters)`.
        context: Reads `beta`; the exact form needs no categories.

    Returns:
        Loss `(filters,)` in nats and its gradient, shaped as `maps`.

    Source:
        See `mutual_information_loss`.
    """
    _, height, width, _ = maps.shape
    templates = tf.constant(
        all_templates(height, width, context.beta), maps.dtype
    )
    log_likelihood, log_ratio = log_ratios(template_scores(maps, templates))
    likelihood = tf.exp(log_likelihood)
    divergence = tf.reduce_sum(likelihood * log_ratio, axis=0)
    prior = 1 / (height * width + 1)
    loss = -prior * tf.reduce_sum(divergence, axis=0)
    slope = -prior * likelihood * (log_ratio - divergence)
    gradient = tf.einsum("btf,tp->bpf", slope, templates)
    return loss, tf.reshape(gradient, tf.shape(maps))
