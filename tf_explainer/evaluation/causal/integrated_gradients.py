"""Claim of integrated gradients on the performer."""

import numpy as np
import tensorflow as tf

from tf_explainer.evaluation.causal import CLAIMS
from tf_explainer.evaluation.causal.claimed import Claimed
from tf_explainer.evaluation.causal.performer_score import performer_score

STEPS = 24


@CLAIMS.register("integrated_gradients")
def integrated_gradients(claimed: Claimed) -> np.ndarray:
    """Integrated gradients from the image's mean color, summed over parts.

    24 steps by the midpoint rule.

    Args:
        claimed: Images and explainer, whose performer is asked.

    Returns:
        float64 `(images, parts)`, in units of the performer's score.

    Source:
        Sundararajan et al. 2017, "Axiomatic attribution for deep networks".
    """
    images = tf.constant(claimed.images)
    start = tf.reduce_mean(images, axis=(1, 2), keepdims=True)
    score_of = performer_score(claimed.explainer)
    total = tf.zeros_like(images)
    for step in range(STEPS):
        between = start + (step + 0.5) / STEPS * (images - start)
        with tf.GradientTape() as tape:
            tape.watch(between)
            score, _ = score_of(between, claimed.categories)
        total += tape.gradient(score, between)
    heat = tf.reduce_sum((images - start) * total / STEPS, axis=-1)
    return claimed.over_parts(np.asarray(heat))
