"""Claim of Grad-CAM on the performer."""

import numpy as np
import tensorflow as tf

from tf_explainer.evaluation.causal import CLAIMS
from tf_explainer.evaluation.causal.claimed import Claimed
from tf_explainer.evaluation.causal.performer_score import performer_score


@CLAIMS.register("grad_cam")
def grad_cam(claimed: Claimed) -> np.ndarray:
    """Heat of Grad-CAM at the performer's top conv-layer, summed over parts.

    Args:
        claimed: Images and explainer, whose performer is asked.

    Returns:
        float64 `(images, parts)`.

    Source:
        Selvaraju et al. 2017, "Grad-CAM: Visual explanations from deep
        networks via gradient-based localization".
    """
    images = tf.constant(claimed.images)
    score_of = performer_score(claimed.explainer)
    with tf.GradientTape() as tape:
        tape.watch(images)
        score, features = score_of(images, claimed.categories)
    maps = features["replaced"]
    slopes = tape.gradient(score, maps)
    weights = tf.reduce_mean(slopes, axis=(1, 2), keepdims=True)
    heat = tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1, keepdims=True))
    wide = tf.image.resize(heat, claimed.part_maps.shape[1:])
    return claimed.over_parts(np.asarray(wide[..., 0]))
