"""The paper's filter loss, with its exact and its approximate gradient."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tf_explainer.layers.part_mask import (
    find_peaks,
    part_templates,
    templates_at,
)
from tf_explainer.losses.filter_losses import FILTER_LOSSES, FilterContext
from tf_explainer.tensors import Maps, PerFilter, Tensor

# Rows from the map: farther than any template reaches.
FAR = 1e6


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


class _Fit(NamedTuple):
    """How the images share each template.

    Args:
        scores: `S_T(x)`, less that of the best image of each template,
            `(batch, templates, filters)`.
        likelihood: `p(x|T)`, of the same shape.
        log_total: `log Z_T` of these scores, `(templates, filters)`.
        evidence: `p(x)`, `(batch, 1, filters)`.
        log_evidence: Its logarithm, in nats.
    """

    scores: Tensor
    likelihood: Tensor
    log_total: Tensor
    evidence: Tensor
    log_evidence: Tensor


def _fit(maps: Maps, templates: Tensor) -> _Fit:
    """Scores every map with every template.

    A map is `(batch, H * W, filters)` to a product of matrices: nothing is
    transposed. Each pass over `(batch, templates, filters)` takes as long as
    a sixth of such a product, so there are few of them.
    """
    _, height, width, filters = maps.shape
    flat = tf.reshape(maps, (-1, height * width, filters))
    scores = tf.matmul(templates, flat)
    # Of each template the best image scores 0: no exponential overflows.
    scores -= tf.reduce_max(scores, axis=0)
    likelihood = tf.exp(scores)
    total = tf.reduce_sum(likelihood, axis=0)
    likelihood *= 1 / total
    evidence = tf.reduce_mean(likelihood, axis=1, keepdims=True)
    # Of an image whose evidence is no number of this type all terms are 0.
    least = maps.dtype.as_numpy_dtype(np.finfo(maps.dtype.name).tiny)
    log_evidence = tf.math.log(tf.maximum(evidence, least))
    return _Fit(scores, likelihood, tf.math.log(total), evidence, log_evidence)


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
    templates = all_templates(height, width, beta)
    fit = _fit(maps, tf.constant(templates, maps.dtype))
    # `log(p(x|T) / p(x)) + log Z_T`: what is the same for all images drops
    # out of the gradient.
    ratio = fit.scores - fit.log_evidence
    mean_ratio = tf.reduce_sum(fit.likelihood * ratio, axis=0)
    slope = fit.likelihood * (ratio - mean_ratio)
    prior = 1 / len(templates)
    back = tf.constant(-prior * templates.T, maps.dtype)
    loss = -tf.reduce_mean(mean_ratio - fit.log_total, axis=0)
    return loss, tf.reshape(tf.matmul(back, slope), tf.shape(maps))


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
    _, height, width, _ = maps.shape
    units = height * width
    templates = all_templates(height, width, context.beta)
    fit = _fit(maps, tf.constant(templates, maps.dtype))
    row, column, _ = find_peaks(maps)
    winner = row * width + column
    row, column = tf.cast(row, maps.dtype), tf.cast(column, maps.dtype)
    if context.positive is not None:
        winner = tf.where(context.positive, winner, units)
        # The negative template is one whose peak is far away.
        row = tf.where(context.positive, row, FAR)
    place = _places(winner)
    total = tf.gather_nd(fit.log_total, place[..., 1:])
    ratio = tf.gather_nd(fit.scores, place) - fit.log_evidence[:, 0] - total
    slope = tf.gather_nd(fit.likelihood, place) * ratio
    tau = 0.5 / units
    shape = templates_at(
        row, column, (height, width), beta=context.beta, least=-1.0
    )
    weight = -tau / (units + 1) * slope
    return _loss(fit), weight[:, None, None] * shape


def _loss(fit: _Fit) -> PerFilter:
    """`-sum_T p(T) KL_T`, `(filters,)` in nats.

    `sum_T p(T) p(x|T) log p(x)` is `p(x) log p(x)`: a pass less than over
    `log(p(x|T) / p(x))`.
    """
    scored = tf.reduce_sum(fit.likelihood * fit.scores, axis=0)
    within = tf.reduce_mean(scored - fit.log_total, axis=0)
    known = tf.reduce_sum(fit.evidence * fit.log_evidence, axis=(0, 1))
    return known - within


def _places(winner: Tensor) -> Tensor:
    """Image, template and filter of each winner, `(batch, filters, 3)`."""
    images, filters = tf.unstack(tf.shape(winner))
    image, filter_ = tf.meshgrid(
        tf.range(images), tf.range(filters), indexing="ij"
    )
    return tf.stack([image, winner, filter_], axis=-1)
