"""What the performer itself says at the target layer."""

from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.drawn_animals import PART_NAMES
from tf_explainer.evaluation.causal import CLAIMS
from tf_explainer.evaluation.causal.claimed import Claimed
from tf_explainer.explainer.logit_head import logit_head

# Of a unit's area; less would blur small parts away.
COVERED = 0.25


@CLAIMS.register("target_occlusion")
def target_occlusion(claimed: Claimed) -> np.ndarray:
    """What the performer's score loses with the units of a part.

    The units of the target feature of which the part covers a quarter are
    replaced by the mean along the border of the map. It has the true outline
    of the part and the performer's own upper layers, and so tells how far the
    layer that the explainer reads holds parts apart at all; a reference, not
    a rival.

    Args:
        claimed: Images and explainer, whose performer is asked.

    Returns:
        float64 `(images, parts)`, in units of the performer's score; NaN if a
        branch of the performer passes the target layer by.

    Source:
        Zeiler and Fergus 2014, "Visualizing and understanding convolutional
        networks", on images; here on the target feature.
    """
    explainer = claimed.explainer
    upper = explainer.attachment.upper
    lost = np.zeros((len(claimed.images), len(PART_NAMES)))
    if upper is None:
        return lost * np.nan
    last = explainer.reconstructed_layers[-1]
    logits_of = logit_head(
        explainer.attachment.head, explainer.settings.negative_category
    )

    def score_of(target: Any) -> np.ndarray:
        logits = logits_of(upper(target, training=False)[last])
        return np.asarray(tf.gather(logits, claimed.categories, batch_dims=1))

    images = tf.constant(claimed.images)
    target = explainer.attachment.features(images, training=False)["target"]
    whole, border = score_of(target), _border(target)
    for number in np.unique(claimed.part_maps[claimed.part_maps > 0]):
        covered = _units(claimed.part_maps == number, target.shape[1:3])
        changed = tf.where(covered, border, target)
        lost[:, number - 1] = whole - score_of(changed)
    return lost


def _border(maps: Any) -> Any:
    """Mean along the border of each map, `(images, 1, 1, channels)`."""
    sides = (maps[:, 0], maps[:, -1], maps[:, 1:-1, 0], maps[:, 1:-1, -1])
    mean = tf.reduce_mean(tf.concat(sides, axis=1), axis=1)
    return mean[:, None, None]


def _units(mask: np.ndarray, size: Any) -> Any:
    """Units that lie in the mask by `COVERED`, bool `(images, h, w, 1)`."""
    wide = tf.constant(mask[..., None].astype(np.float32))
    return tf.image.resize(wide, size, method="area") >= COVERED
