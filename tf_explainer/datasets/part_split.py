"""One split of a data set: images read lazily, the rest in memory."""

import dataclasses

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.spread_evenly import spread_evenly
from tf_explainer.datasets.take_examples import take_examples


@dataclasses.dataclass(frozen=True, eq=False)
class PartSplit:
    """The images of one split, their categories and their landmarks.

    Only labels, landmarks and names are held in memory; images are read each
    time `images` is iterated, always in the same order.

    Attributes:
        images: Unbatched dataset of uint8 RGB images `(size, size, 3)`.
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
