"""A data set of images with categories and landmarks, in splits."""

import dataclasses
from collections.abc import Mapping
from typing import Literal

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.category_choice import BACKGROUND
from tf_explainer.errors import InputError


def spread_evenly(count: int, most: int) -> np.ndarray:
    """Chooses examples from the first to the last, in equal steps.

    Args:
        count: Number of examples.
        most: How many are chosen, or all if there are no more.

    Returns:
        bool `(count,)`, which of them are chosen.
    """
    chosen = np.zeros(count, bool)
    places = np.linspace(0, count - 1, min(most, count))
    chosen[places.round().astype(int)] = True
    return chosen


def take_examples(data: tf.data.Dataset, kept: np.ndarray) -> tf.data.Dataset:
    """Returns some examples, in their old order.

    Args:
        data: Single examples.
        kept: bool `(examples,)`, which of them are taken.
    """
    table = tf.constant(kept)
    chosen = data.enumerate().filter(lambda index, _: table[index])
    return chosen.map(lambda _, example: example).apply(
        tf.data.experimental.assert_cardinality(int(kept.sum()))
    )


@dataclasses.dataclass(frozen=True, eq=False)
class PartSplit:
    """The images of one split, their categories and their landmarks.

    Only labels, landmarks and names are held in memory; images are read each
    time `images` is iterated, always in the same order.

    Attributes:
        images: Unbatched dataset of uint8 RGB images `(size, size, 3)`; of
            `from_arrays` also float32.
        labels: Int32 `(images,)`, indices into the data set's categories.
        landmarks: Float32 `(images, landmarks, 2)`, (row, column) as
            fractions of height and width; NaN where hidden.
        files: Names of the images, for messages and the report.
        skipped: How many images were left out: broken ones, missing ones, and
            objects that are too small.
        tagged: Those of `files` with an EXIF orientation other than 1: the
            camera was not held upright.
    """

    images: tf.data.Dataset
    labels: np.ndarray
    landmarks: np.ndarray
    files: tuple[str, ...]
    skipped: int = 0
    tagged: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not len(self.labels) == len(self.landmarks) == len(self.files):
            raise ValueError(
                "`labels`, `landmarks` and `files` must be of one length, "
                f"received {len(self.labels)}, {len(self.landmarks)} and "
                f"{len(self.files)}."
            )

    def __len__(self) -> int:
        return len(self.labels)

    def part(self, kept: np.ndarray) -> "PartSplit":
        """Returns some of the images, in their old order; none is skipped.

        Args:
            kept: bool `(images,)`, which of them are taken.
        """
        files = tuple(np.array(self.files, object)[kept])
        return PartSplit(
            images=take_examples(self.images, kept),
            labels=self.labels[kept],
            landmarks=self.landmarks[kept],
            files=files,
            tagged=self.tagged & set(files),
        )

    def batches(
        self, batch_size: int, most: int | None = None
    ) -> tf.data.Dataset:
        """Returns the images as float32 batches with values 0 to 255.

        Args:
            batch_size: Images a batch; the last batch may be smaller.
            most: At most so many images, spread evenly over the split;
                `None` means all.

        Returns:
            Dataset of float32 `(batch, size, size, 3)`, in fixed order,
            reading ahead.
        """
        images = self.images
        if most is not None:
            images = take_examples(images, spread_evenly(len(self), most))
        return (
            images.batch(batch_size)
            .map(_to_float, num_parallel_calls=tf.data.AUTOTUNE)
            .prefetch(tf.data.AUTOTUNE)
        )


def _to_float(images: tf.Tensor) -> tf.Tensor:
    return tf.cast(images, tf.float32)


@dataclasses.dataclass(frozen=True, eq=False)
class PartDataset:
    """Everything that the steps need to know about the images.

    Attributes:
        name: Name of the builder or of the folder.
        categories: Category names in the order of the labels; `background`,
            if present, is last. Empty if nobody has told the images'
            categories: they can be explained and not measured.
        landmark_names: Names of the landmarks in the order of the splits'
            `landmarks`; empty if there are none.
        splits: `train` and `test`; without categories `train` alone.
        notes: What a user should know of how the images were found and
            split, in short sentences.
    """

    name: str
    categories: tuple[str, ...]
    landmark_names: tuple[str, ...]
    splits: Mapping[str, PartSplit]
    notes: tuple[str, ...] = ()

    @property
    def task(self) -> Literal["single", "multi"]:
        """`single`: one category against `background`; else `multi`."""
        return "single" if self.categories[-1:] == (BACKGROUND,) else "multi"

    @property
    def negative_category(self) -> int | None:
        """Index of `background`, which is last; `None` if it is not there."""
        return len(self.categories) - 1 if self.task == "single" else None


def check_labeled(dataset: PartDataset) -> None:
    """Refuses images of which nobody has told the categories.

    Args:
        dataset: Images to train a performer on, or to measure with.

    Raises:
        InputError: If there are no categories.
    """
    if not dataset.categories:
        raise InputError(
            "`dataset` must have categories to train a performer or to "
            f"measure, received {dataset.name!r} with images alone; sort them "
            "into one folder a category, or hand in (images, labels)."
        )
