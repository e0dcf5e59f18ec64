"""The performer's own score of one category."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.explainer.logit_head import logit_head


def performer_score(explainer: Any) -> Callable[[Any, np.ndarray], Any]:
    """Returns a function to the performer's score before the softmax.

    It is that of `logit_head`: less the mean over all categories.

    Args:
        explainer: An `Explainer`, whose performer is asked.

    Returns:
        A function of float32 images `(batch, H, W, 3)` and one category each
        to scores `(batch,)` and the performer's features, through which
        gradients flow.
    """
    attachment, last = explainer.attachment, explainer.reconstructed_layers[-1]
    negative = explainer.settings.negative_category
    logits_of = logit_head(attachment.head, negative)

    def score_of(images: Any, categories: np.ndarray) -> Any:
        features = attachment.features(images, training=False)
        logits = logits_of(features[last])
        return tf.gather(logits, categories, batch_dims=1), features

    return score_of
