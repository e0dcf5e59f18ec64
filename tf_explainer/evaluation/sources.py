"""What is looked at: the images of a split, or their features."""

import dataclasses
from collections.abc import Iterator
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.datasets.part_dataset import (
    PartSplit,
    spread_evenly,
    take_examples,
)
from tf_explainer.evaluation.peaks import FilterPeaks
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.reading import places_of
from tf_explainer.features.image_checks import array_of
from tf_explainer.features.images import check_images
from tf_explainer.features.pairs import without_views


@dataclasses.dataclass(frozen=True, eq=False)
class SplitSource:
    """A split, and the performer's features of its images if they were kept.

    Attributes:
        split: The images.
        features: Single examples in the order of the images, from
            `Explainer.cached_features`; None to compute them.
    """

    split: PartSplit
    features: tf.data.Dataset | None = None

    def __len__(self) -> int:
        return len(self.split)

    def batches(
        self, batch_size: int, most: int | None = None
    ) -> tf.data.Dataset:
        """Returns batches of features if there are any, else of images.

        Args:
            batch_size: Images a batch.
            most: At most so many images, spread evenly over the split;
                `None` means all.
        """
        if self.features is None:
            return self.split.batches(batch_size, most)
        kept = without_views(self.features)
        if most is not None:
            kept = take_examples(kept, spread_evenly(len(self), most))
        return kept.batch(batch_size).map(_in_float32).prefetch(2)


def _in_float32(features: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    # What was kept to learn from may be in half precision.
    return {
        name: tf.cast(value, tf.float32) for name, value in features.items()
    }


def pictures_of(
    explainer: Explainer, images: Any, most: int, name: str = "images"
) -> np.ndarray:
    """Returns some images as one array, spread evenly over all.

    Args:
        explainer: An `Explainer`, whose performer must take them.
        images: `(images, H, W, 3)`, or a `PartSplit`, of which the images
            alone are read.
        most: Most images to take.
        name: The argument that they are, for messages.

    Returns:
        `(images, H, W, 3)`, of the given kind of numbers.

    Raises:
        InputError: If the images do not fit the performer.
    """
    if isinstance(images, PartSplit):
        taken = images.part(spread_evenly(len(images), most))
        pictures = np.stack(list(taken.images.as_numpy_iterator()))
    else:
        pictures = array_of(images, name)
        pictures = pictures[spread_evenly(len(pictures), most)]
    check_images(pictures, explainer.examples.shape, name)
    return pictures


def target_batches(
    explainer: Explainer,
    source: PartSplit | SplitSource,
    batch_size: int,
    most: int,
) -> Iterator[Any]:
    """Yields the target feature of some images of a split.

    Args:
        explainer: An `Explainer`.
        source: Where the images are.
        batch_size: Images at a time.
        most: At most so many images, spread evenly over the split.

    Yields:
        `(batch, H, W, channels)`.
    """
    for batch in source.batches(batch_size, most):
        features = batch
        if not isinstance(batch, dict):
            features = explainer.attachment.features(batch, training=False)
        yield features["target"]


IMAGES = 256
VECTORS = 8192


def target_vectors(
    explainer: Explainer,
    source: PartSplit | SplitSource,
    batch_size: int,
    seed: int,
) -> np.ndarray:
    """Returns the target feature at places drawn from a split.

    Reads up to 256 images, spread evenly over the split, and draws up to
    8192 places from them.

    Args:
        explainer: An `Explainer`.
        source: Where the images are.
        batch_size: Images at a time.
        seed: Seed of the draws.

    Returns:
        float32 `(vectors, channels)`.
    """
    generator = np.random.default_rng(seed)
    rows, columns = explainer.receptive_field.units
    each = min(-(-VECTORS // min(len(source), IMAGES)), rows * columns)
    drawn = []
    for batch in target_batches(explainer, source, batch_size, IMAGES):
        target = np.asarray(batch, np.float32)
        flat = target.reshape(len(target), rows * columns, -1)
        order = generator.random(flat.shape[:2]).argsort(axis=1)[:, :each]
        drawn.append(np.take_along_axis(flat, order[..., None], axis=1))
    vectors = np.concatenate(drawn)
    return vectors.reshape(-1, vectors.shape[-1])


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
    explainer: Explainer, features: tf.data.Dataset, batch_size: int = 32
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


def see_parts(
    explainer: Explainer, features: tf.data.Dataset, batch_size: int = 32
) -> FilterPeaks:
    """Returns where parts are in each image, from kept features.

    Args:
        explainer: An explainer with parts.
        features: As in `see_features`.
        batch_size: Images at a time.
    """
    seen = []
    for batch in without_views(features).batch(batch_size):
        maps: Any = explainer.encode(batch).part_maps
        maps = tf.cast(maps[..., :-1], tf.float32)
        seen.append(places_of(maps, explainer.receptive_field))
    places, presence = (
        np.concatenate([np.asarray(one) for one in ones])
        for ones in zip(*seen, strict=True)
    )
    return FilterPeaks.of_parts(places, presence)
