"""A measure of filters for images without landmarks."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.datasets.part_split import PartSplit
from tf_explainer.datasets.spread_evenly import spread_evenly
from tf_explainer.evaluation.filter_equivariance import filter_equivariance
from tf_explainer.evaluation.filter_peaks import FilterPeaks
from tf_explainer.evaluation.views import Views

IMAGES = 256


def equivariance(
    explainer: Any,
    split: PartSplit,
    layers: Sequence[str] = ("interp_2",),
    batch_size: int = 32,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """Shows an explainer the same images shifted, scaled and mirrored.

    Up to 256 images, spread evenly over the split, each in one view drawn by
    `Views`; see `filter_equivariance` for the number. A filter that follows
    the image is not yet a part (a finder of bright spots follows, too), but
    one that does not follow cannot be one.

    Args:
        explainer: A trained `Explainer`.
        split: Where the images are; labels and landmarks are not read.
        layers: Which of the layers of `Explainer.layer_maps`.
        batch_size: Images at a time.
        seed: Seed of the views.

    Returns:
        Layer to float64 `(filters,)`; NaN where a filter never fires, or on
        fewer than 1 % of the images.
    """
    images = split.part(spread_evenly(len(split), IMAGES)).images
    views = Views.draw(int(images.cardinality()), seed, flip=True)
    size = split.images.element_spec.shape[0]
    run = _run(explainer, tuple(layers))
    before, after = (
        _peaks(run, shown.batch(batch_size))
        for shown in (images, views.images(images, size))
    )
    return {
        layer: np.where(
            before[layer].live,
            filter_equivariance(before[layer], after[layer], views),
            np.nan,
        )
        for layer in layers
    }


def _run(explainer: Any, layers: tuple[str, ...]) -> Any:
    def run(images: Any) -> dict[str, Any]:
        maps = explainer.layer_maps(tf.cast(images, tf.float32))
        return {layer: explainer.peaks_of(maps[layer]) for layer in layers}

    shape = (None, *explainer.receptive_field.image, 3)
    return tf.function(run, input_signature=[tf.TensorSpec(shape, tf.uint8)])


def _peaks(run: Any, images: tf.data.Dataset) -> dict[str, FilterPeaks]:
    batches = [keras.tree.map_structure(np.asarray, run(one)) for one in images]
    peaks = {}
    for layer in batches[0]:
        positions, strengths = (
            np.concatenate([batch[layer][part] for batch in batches])
            for part in range(2)
        )
        positions[strengths <= 0] = np.nan
        peaks[layer] = FilterPeaks(positions, strengths)
    return peaks
