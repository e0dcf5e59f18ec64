"""What tfds has stored of a split."""

import contextlib
import io
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from absl import logging

# Files in parallel would come in an order that depends on the machine.
_IN_ORDER = tfds.ReadConfig(
    interleave_cycle_length=1, try_autocache=False, add_tfds_id=False
)


class StoredSplit:
    """One split of a prepared tfds data set, read in fixed order.

    Args:
        builder: The data set, prepared.
        split: Name of the split, or a part of it such as `train[:60%]`.
    """

    def __init__(self, builder: Any, split: str) -> None:
        self._builder = builder
        self._split = split

    def rows(self, features: Iterable[str]) -> list[dict[str, Any]]:
        """Returns features of all examples, for what is small.

        Args:
            features: Names of features of the first level.
        """
        return [
            tf.nest.map_structure(lambda tensor: tensor.numpy(), row)
            for row in self._read(set(features))
        ]

    def images(
        self, kept: np.ndarray, size: int, key: str = "image"
    ) -> tf.data.Dataset:
        """Returns the images, read when iterated.

        Args:
            kept: Bool `(examples,)`: which examples take part.
            size: Height and width of the images handed out, in pixels.
            key: Name of the image's feature.

        Returns:
            Unbatched dataset of uint8 RGB images `(size, size, 3)`.
        """
        images = self._read({key}).map(lambda row: row[key])
        if not kept.all():
            table = tf.constant(kept)
            images = images.enumerate().filter(lambda index, _: table[index])
            images = images.map(lambda _, image: image)
        if self._builder.info.features[key].shape != (size, size, 3):
            images = images.map(
                lambda image: _resize(image, size),
                num_parallel_calls=tf.data.AUTOTUNE,
            )
        return images.apply(tf.data.experimental.assert_cardinality(kept.sum()))

    def _read(self, features: set[str]) -> tf.data.Dataset:
        with quiet():
            return self._builder.as_dataset(
                split=self._split,
                decoders=tfds.decode.PartialDecoding(features),
                read_config=_IN_ORDER,
            )


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Mutes the remarks of tfds on itself."""
    verbosity = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.set_verbosity(verbosity)


def _resize(image: tf.Tensor, size: int) -> tf.Tensor:
    if image.shape[-1] == 1:
        image = tf.repeat(image, 3, axis=-1)
    resized = tf.image.resize(image, (size, size), antialias=True)
    rounded = tf.saturate_cast(tf.round(resized), tf.uint8)
    return tf.ensure_shape(rounded, (size, size, 3))
