"""How well each feature map fits each template."""

from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.layers.part_templates import part_templates


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
    positive = part_templates(height, width, beta).reshape(units, units)
    return np.concatenate([positive, np.full((1, units), -0.5 / units)])


def template_scores(maps: Any, templates: Any) -> Any:
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


def log_ratios(scores: Any) -> tuple[Any, Any]:
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
