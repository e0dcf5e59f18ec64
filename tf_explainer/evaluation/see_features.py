"""What an explainer makes of features that were kept."""

from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.evaluation.filter_peaks import FilterPeaks
from tf_explainer.explainer.image_views import without_views


class SeenFeatures(NamedTuple):
    """Peaks and scores, image by image.

    Attributes:
        peaks: Peaks of `interp_2`.
        scores: float32 `(images, classes)`, through the rebuilt features.
        performer_scores: The performer's own.
    """

    peaks: FilterPeaks
    scores: np.ndarray
    performer_scores: np.ndarray


def see_features(
    explainer: Any, features: tf.data.Dataset, batch_size: int = 32
) -> SeenFeatures:
    """Runs kept features through an explainer; the performer does not run.

    Args:
        explainer: An `Explainer`, trained or not.
        features: Single examples, from `Explainer.cached_features` of an
            explainer of the same performer and layers.
        batch_size: Images at a time.

    Returns:
        What was seen, in the order of the features.
    """
    last = explainer.reconstructed_layers[-1]

    def run(batch: Any) -> Any:
        encoded = explainer.encode(batch)
        rebuilt = explainer.decoder(encoded.output, training=False)
        maps = keras.ops.cast(encoded.interp_2, "float32")
        scores = explainer.attachment.head(rebuilt[last], training=False)
        return *explainer.peaks_of(maps), scores, batch["scores"]

    batches = [
        keras.tree.map_structure(np.asarray, run(batch))
        for batch in without_views(features).batch(batch_size)
    ]
    positions, strengths, scores, own = (
        np.concatenate(values) for values in zip(*batches, strict=True)
    )
    positions[strengths <= 0] = np.nan
    return SeenFeatures(
        FilterPeaks(positions, strengths),
        scores.astype(np.float32),
        own.astype(np.float32),
    )
