"""Claims about the performer itself: sizes, gradients, occlusion."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.drawn_animals import PART_NAMES
from tf_explainer.evaluation.causal import CLAIMS
from tf_explainer.evaluation.causal.claims import Claimed
from tf_explainer.evaluation.causal.erasing import border_mean
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.class_scores import LogitHead


def performer_score(explainer: Explainer) -> Callable[[Any, np.ndarray], Any]:
    """Returns a function to the performer's score before the softmax.

    It is that of `LogitHead`: less the mean over all categories.

    Args:
        explainer: An `Explainer`, whose performer is asked.

    Returns:
        A function of float32 images `(batch, H, W, 3)` and one category each
        to scores `(batch,)` and the performer's features, through which
        gradients flow.
    """
    attachment, last = explainer.attachment, explainer.reconstructed_layers[-1]
    logits_of = LogitHead(attachment.head)

    def score_of(images: Any, categories: np.ndarray) -> Any:
        features = attachment.features(images, training=False)
        logits = logits_of(features[last])
        return tf.gather(logits, categories, batch_dims=1), features

    return score_of


@CLAIMS.register("area")
def area(claimed: Claimed) -> np.ndarray:
    """Size of the part.

    Its share of the image: what one says who looks at no network.

    Args:
        claimed: Images with part maps.

    Returns:
        float64 `(images, parts)`, in [0, 1].
    """
    pixels = claimed.part_maps[0].size
    return claimed.over_parts(np.ones(claimed.part_maps.shape) / pixels)


@CLAIMS.register("grad_cam")
def grad_cam(claimed: Claimed) -> np.ndarray:
    """Grad-CAM of the performer.

    Its heat at the top conv-layer, summed over parts.

    Args:
        claimed: Images and explainer, whose performer is asked.

    Returns:
        float64 `(images, parts)`.

    Source:
        See `grad_cam_heat`.
    """
    return claimed.over_parts(
        grad_cam_heat(claimed.explainer, claimed.images, claimed.categories)
    )


def grad_cam_heat(
    explainer: Explainer, images: Any, categories: np.ndarray
) -> np.ndarray:
    """Returns Grad-CAM at the top conv-layer, upsampled.

    Args:
        explainer: An `Explainer`, whose performer is asked.
        images: float32 `(batch, H, W, 3)`.
        categories: int `(batch,)`, whose score is explained.

    Returns:
        float32 `(batch, H, W)`, 0 or more.

    Source:
        Selvaraju et al. 2017, "Grad-CAM: Visual explanations from deep
        networks via gradient-based localization".
    """
    images = tf.constant(images)
    heat = grad_cam_maps(explainer, images, categories)[..., None]
    return np.asarray(tf.image.resize(heat, images.shape[1:3])[..., 0])


def grad_cam_maps(
    explainer: Explainer, images: Any, categories: np.ndarray
) -> Any:
    """Returns Grad-CAM at the top conv-layer, unit by unit.

    Args:
        explainer: An `Explainer`, whose performer is asked.
        images: float32 `(batch, H, W, 3)`.
        categories: int `(batch,)`, whose score is explained.

    Returns:
        `(batch, h, w)`, 0 or more.
    """
    images = tf.convert_to_tensor(images)
    score_of = performer_score(explainer)
    with tf.GradientTape() as tape:
        tape.watch(images)
        score, features = score_of(images, categories)
    maps = features["replaced"]
    return weighted_by_slope(maps, tape.gradient(score, maps))


def weighted_by_slope(maps: Any, slopes: Any) -> Any:
    """Returns `ReLU(sum_k mean(slope_k) map_k)`, which is Grad-CAM.

    Args:
        maps: `(batch, h, w, channels)`.
        slopes: Gradient of a score by them.

    Returns:
        `(batch, h, w)`.
    """
    weights = tf.reduce_mean(slopes, axis=(1, 2), keepdims=True)
    return tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1))


STEPS = 24


@CLAIMS.register("integrated_gradients")
def integrated_gradients(claimed: Claimed) -> np.ndarray:
    """Integrated gradients of the performer.

    Summed over parts.

    Args:
        claimed: Images and explainer, whose performer is asked.

    Returns:
        float64 `(images, parts)`, in units of the performer's score.

    Source:
        See `integrated_gradients_heat`.
    """
    return claimed.over_parts(
        integrated_gradients_heat(
            claimed.explainer, claimed.images, claimed.categories
        )
    )


def integrated_gradients_heat(
    explainer: Explainer, images: Any, categories: np.ndarray
) -> np.ndarray:
    """Returns integrated gradients, summed over colors.

    From the image's mean color, in 24 steps by the midpoint rule.

    Args:
        explainer: An `Explainer`, whose performer is asked.
        images: float32 `(batch, H, W, 3)`.
        categories: int `(batch,)`, whose score is explained.

    Returns:
        float32 `(batch, H, W)`, in units of the performer's score.

    Source:
        Sundararajan et al. 2017, "Axiomatic attribution for deep networks".
    """
    images = tf.constant(images)
    start = tf.reduce_mean(images, axis=(1, 2), keepdims=True)
    score_of = performer_score(explainer)
    total = tf.zeros_like(images)
    for step in range(STEPS):
        between = start + (step + 0.5) / STEPS * (images - start)
        with tf.GradientTape() as tape:
            tape.watch(between)
            score, _ = score_of(between, categories)
        total += tape.gradient(score, between)
    heat = tf.reduce_sum((images - start) * total / STEPS, axis=-1)
    return np.asarray(heat)


# Of a unit's area; less would blur small parts away.
COVERED = 0.25


@CLAIMS.register("target_occlusion")
def target_occlusion(claimed: Claimed) -> np.ndarray:
    """The performer without the part's target units.

    What its score loses. The units of the target feature of which the part
    covers a quarter are replaced by the mean along the border of the map. It
    has the true outline of the part and the performer's own upper layers, and
    so tells how far the layer that the explainer reads holds parts apart at
    all; a reference, not a rival.

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
    lost = np.zeros((len(claimed.images), len(PART_NAMES)))
    if explainer.attachment.upper is None:
        return lost * np.nan
    score_of = upper_score(explainer)
    images, categories = tf.constant(claimed.images), claimed.categories
    target = explainer.attachment.features(images, training=False)["target"]
    whole, border = score_of(target, categories), border_mean(target)
    for number in np.unique(claimed.part_maps[claimed.part_maps > 0]):
        covered = _units(claimed.part_maps == number, target.shape[1:3])
        changed = tf.where(covered, border, target)
        lost[:, number - 1] = whole - score_of(changed, categories)
    return lost


def upper_score(
    explainer: Explainer,
) -> Callable[[Any, np.ndarray], np.ndarray]:
    """Returns a function to the performer's score from the target on.

    Args:
        explainer: An `Explainer` whose performer no branch passes the target
            by, so that `attachment.upper` is there.

    Returns:
        A function of the target feature `(batch, h, w, channels)` and one
        category each to scores `(batch,)`, see `performer_score`.
    """
    upper: Any = explainer.attachment.upper
    last = explainer.reconstructed_layers[-1]
    logits_of = LogitHead(explainer.attachment.head)

    def score_of(target: Any, categories: np.ndarray) -> np.ndarray:
        logits = logits_of(upper(target, training=False)[last])
        return np.asarray(tf.gather(logits, categories, batch_dims=1))

    return score_of


def _units(mask: np.ndarray, size: Any) -> Any:
    """Units that lie in the mask by `COVERED`, bool `(images, h, w, 1)`."""
    wide = tf.constant(mask[..., None].astype(np.float32))
    return tf.image.resize(wide, size, method="area") >= COVERED
