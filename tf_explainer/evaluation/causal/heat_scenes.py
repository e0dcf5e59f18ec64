"""Images some pixels of which are erased, and what a performer says then."""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from tf_explainer.attachment.head import squeezing_layer
from tf_explainer.evaluation.causal.erasing import FILLS, erased
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.class_scores import LogitHead


class ClassScores(NamedTuple):
    """What a performer makes of images.

    Attributes:
        logits: float32 `(images, categories)`, see `LogitHead`.
        shares: float32 `(images, categories)`, probabilities.
    """

    logits: np.ndarray
    shares: np.ndarray

    def of(self, categories: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns logits and probabilities of one category each, float64.

        Args:
            categories: int `(images,)`.
        """
        index = np.arange(len(categories)), categories
        return (
            self.logits[index].astype(np.float64),
            self.shares[index].astype(np.float64),
        )


Look = Callable[[np.ndarray], ClassScores]


def class_scores(explainer: Explainer) -> Look:
    """Returns a function of float32 images to the performer's scores.

    Independent sigmoids are probabilities of their own; of all others the
    softmax is taken.

    Args:
        explainer: An `Explainer`, whose performer is asked.
    """
    attachment, last = explainer.attachment, explainer.reconstructed_layers[-1]
    logits_of = LogitHead(attachment.head)
    squeezing = squeezing_layer(attachment.head)
    apart = squeezing is not None and squeezing.name == "sigmoid"

    @tf.function(reduce_retracing=True)
    def run(images: Any) -> Any:
        features = attachment.features(images, training=False)
        logits = logits_of(features[last])
        scores = tf.cast(features["scores"], tf.float32)
        return logits, scores if apart else tf.nn.softmax(logits)

    def look(images: np.ndarray) -> ClassScores:
        found = run(tf.constant(images, tf.float32))
        return ClassScores(*(np.asarray(one) for one in found))

    return look


@dataclasses.dataclass(frozen=True, eq=False)
class Scene:
    """A batch of images that is changed in the same way for all heat maps.

    Args:
        look: Function of images to the performer's scores.
        images: float32 `(batch, H, W, 3)`.
        beside: The same of other images, for fills that read them.
        categories: int `(batch,)`, whose score is asked about.
        fill: Name in `FILLS`.
    """

    look: Look
    images: np.ndarray
    beside: np.ndarray
    categories: np.ndarray
    fill: str

    @functools.cached_property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities of the whole images, and of the fill alone."""
        everywhere = np.ones(self.images.shape[:3], bool)
        return self.scores(~everywhere)[1], self.scores(everywhere)[1]

    def scores(self, masks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns logits and probabilities without some pixels.

        Args:
            masks: bool `(batch, H, W)`, true where the fill stands.
        """
        wide = masks[..., None].astype(np.float32)
        fill = FILLS.get(self.fill)(self.images, wide, self.beside)
        changed = np.asarray(erased(self.images, wide, fill))
        return self.look(changed).of(self.categories)
