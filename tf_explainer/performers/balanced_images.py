"""Training images of which each category shows equally many."""

import dataclasses
import functools
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.part_split import PartSplit
from tf_explainer.performers.cached_if_small import cached_if_small
from tf_explainer.performers.epoch_draws import EpochDraws


@dataclasses.dataclass(frozen=True, eq=False)
class BalancedImages:
    """The split `train`, parted in two, for learning and for stopping.

    Args:
        split: The images.
        categories: Number of categories.
        share: Share of each category that is held out, the same for a seed.
        draws: Seed of all choices, and what draws in each epoch; a callback
            of the training.
    """

    split: PartSplit
    categories: int
    share: float = 0.2
    draws: EpochDraws = dataclasses.field(default_factory=lambda: EpochDraws(0))

    @property
    def held_out(self) -> np.ndarray:
        """Whether an image is for validation, bool `(images,)`.

        One image at least of each category that has two.
        """
        held = np.zeros(len(self.split), bool)
        random = np.random.default_rng(self.draws.seed)
        for found in self._by_category():
            count = max(round(self.share * len(found)), 1)
            if len(found) > 1:
                held[random.permutation(found)[:count]] = True
        return held

    def __len__(self) -> int:
        """Number of images in an epoch: as many of each category."""
        return sum(self._draw(0))

    def training(self, batch_size: int) -> tf.data.Dataset:
        """Returns batches of images, mirrored at random, and one-hot labels.

        In each epoch a large category shows some of its images, others in
        the next, and a small one shows its images several times.

        Args:
            batch_size: Images in a batch.
        """
        counts = tf.data.Dataset.from_generator(
            lambda: self._draw(self.draws.epoch),
            output_signature=tf.TensorSpec((), tf.int64),
        )
        drawn = tf.data.Dataset.zip(*self._labeled, counts).flat_map(
            lambda image, label, count: tf.data.Dataset.from_tensors(
                (image, label)
            ).repeat(count)
        )
        shuffled = self.draws.shuffled(drawn, len(self))
        batches = (
            self.draws.keyed(shuffled)
            .map(_mirrored, num_parallel_calls=tf.data.AUTOTUNE)
            .batch(batch_size)
        )
        return _of_known_size(batches, len(self), batch_size).prefetch(2)

    def validation(self, batch_size: int) -> tf.data.Dataset | None:
        """Returns batches of the images held out, labels and weights.

        The weights let each category count the same.

        Args:
            batch_size: Images in a batch.
        """
        held = self.held_out
        if not held.any():
            return None
        labels = self.split.labels
        counts = np.bincount(labels[held], minlength=self.categories)
        present = np.count_nonzero(counts)
        weights = held.sum() / (present * np.maximum(counts, 1))[labels]
        chosen = tf.data.Dataset.from_tensor_slices(
            (held, weights.astype("float32"))
        )
        batches = (
            tf.data.Dataset.zip(*self._labeled, chosen)
            .filter(lambda image, label, chosen: chosen[0])
            .map(lambda image, label, chosen: (_float(image), label, chosen[1]))
            .batch(batch_size)
        )
        return _of_known_size(batches, held.sum(), batch_size).prefetch(2)

    def _by_category(self) -> list[np.ndarray]:
        labels = self.split.labels
        return [np.flatnonzero(labels == k) for k in range(self.categories)]

    def _draw(self, epoch: int) -> Iterator[int]:
        """How often each image shows in an epoch, in the images' order."""
        random = np.random.default_rng((self.draws.seed, epoch))
        held = self.held_out
        groups = [found[~held[found]] for found in self._by_category()]
        groups = [found for found in groups if len(found)]
        quota = -(-sum(map(len, groups)) // len(groups))
        counts = np.zeros(len(self.split), int)
        for found in groups:
            counts[found] = quota // len(found)
            counts[random.permutation(found)[: quota % len(found)]] += 1
        return iter(counts.tolist())

    @functools.cached_property
    def _labeled(self) -> tuple[tf.data.Dataset, tf.data.Dataset]:
        # Once, so that both parts share one cache.
        labels = tf.one_hot(self.split.labels, self.categories)
        return (
            cached_if_small(self.split.images, len(self.split)),
            tf.data.Dataset.from_tensor_slices(labels),
        )


def _of_known_size(
    batches: tf.data.Dataset, images: int, batch_size: int
) -> tf.data.Dataset:
    # Keras warns where data of unknown size ends.
    steps = -(-images // batch_size)
    return batches.apply(tf.data.experimental.assert_cardinality(steps))


def _mirrored(example: Any, key: Any) -> tuple[Any, Any]:
    image, label = example
    return _float(tf.image.stateless_random_flip_left_right(image, key)), label


def _float(image: Any) -> Any:
    return tf.cast(image, tf.float32)
