"""The paper's filter loss, with its exact and its approximate gradient."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tf_explainer.layers.part_mask import part_templates
from tf_explainer.losses.filter_losses import FILTER_LOSSES, FilterContext
from tf_explainer.tensors import Maps, PerFilter, Tensor


def all_templates(height: int, width: int, beta: float) -> np.ndarray:
    """Returns the positive templates and, last, the negative one.

    Args:
        height: Rows `H` of the feature map.
        width: Columns `W` of the feature map.
        beta: Steepness of the peaks, no unit.

    Returns:
        float64 array `(H * W + 1, H * W)`.

    Source:
        Zhang et al. 2018, section 3.2.1: `T^- = -tau`.
    """
    units = height * width
    positive = part_templates(height, width, beta=beta).reshape(units, units)
    return np.concatenate([positive, np.full((1, units), -0.5 / units)])


def template_scores(maps: Maps, templates: Tensor) -> Tensor:
    """Returns `S = sum_ij x_ij t_ij` of every map and template.

    Args:
        maps: Tensor `(batch, H, W, filters)`, activation units.
        templates: Tensor `(templates, H * W)` of the same dtype.

    Returns:
        Tensor `(batch, templates, filters)`, no unit.

    Source:
        Zhang et al. 2018, section 3.2.1: `tr(x_f · T)`.
    """
    _, height, width, filters = maps.shape
    flat = tf.reshape(maps, (-1, height * width, filters))
    return tf.einsum("bpf,tp->btf", flat, templates)


def log_ratios(scores: Tensor) -> tuple[Tensor, Tensor]:
    """Returns `log p(x|T)` and `log(p(x|T) / p(x))`.

    `p(x|T)` is the softmax of the scores over the images of the batch and
    `p(x) = sum_T p(T) p(x|T)` with equal `p(T)`. Everything stays in log
    space, so that large scores do not overflow.

    Args:
        scores: Tensor `(batch, templates, filters)`.

    Returns:
        Two tensors of the shape of `scores`, in nats.

    Source:
        Zhang et al. 2018, equation 2.
    """
    log_likelihood = tf.nn.log_softmax(scores, axis=0)
    log_evidence = tf.reduce_logsumexp(log_likelihood, axis=1, keepdims=True)
    log_prior = -tf.math.log(tf.cast(tf.shape(scores)[1], scores.dtype))
    return log_likelihood, log_likelihood - log_evidence - log_prior


def mutual_information_loss(feature_maps: Maps, *, beta: float) -> PerFilter:
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
    def loss_of(maps: Maps) -> tuple[PerFilter, Callable[[PerFilter], Maps]]:
        loss, gradient = _exact(maps, beta)
        return loss, lambda upstream: upstream * gradient

    return loss_of(maps)


@FILTER_LOSSES.register("exact")
def exact_gradient(
    maps: Maps, context: FilterContext
) -> tuple[PerFilter, Maps]:
    """Returns the exact loss and its exact gradient.

    Args:
        maps: float32 or float64 tensor `(batch, H, W, filters)`.
        context: Reads `beta`; the exact form needs no categories.

    Returns:
        Loss `(filters,)` in nats and its gradient, shaped as `maps`.

    Source:
        See `mutual_information_loss`.
    """
    return _exact(maps, context.beta)


def _exact(maps: Maps, beta: float) -> tuple[PerFilter, Maps]:
    _, height, width, _ = maps.shape
    templates = tf.constant(all_templates(height, width, beta), maps.dtype)
    log_likelihood, log_ratio = log_ratios(template_scores(maps, templates))
    likelihood = tf.exp(log_likelihood)
    divergence = tf.reduce_sum(likelihood * log_ratio, axis=0)
    prior = 1 / (height * width + 1)
    loss = -prior * tf.reduce_sum(divergence, axis=0)
    slope = -prior * likelihood * (log_ratio - divergence)
    gradient = tf.einsum("btf,tp->bpf", slope, templates)
    return loss, tf.reshape(gradient, tf.shape(maps))


@FILTER_LOSSES.register("paper")
def winning_template_gradient(
    maps: Maps, context: FilterContext
) -> tuple[PerFilter, Maps]:
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
