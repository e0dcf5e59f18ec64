"""Images of 0 to 1 for a performer that scales 0 to 255 itself."""

import functools
import warnings
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.attachment import Attachment, FlatGraph
from tf_explainer.attachment.known_layers import is_known
from tf_explainer.features.image_checks import numbers

# Of a network that divides by 25 or more, or takes off 20 or more, the values
# go far beyond 1.
LARGEST_FACTOR, LEAST_OFFSET = 1 / 25, 20.0
# One image may be dark.
LEAST_IMAGES = 2


def scaling_layer(graph: FlatGraph) -> str | None:
    """Returns the layer up to which a performer scales values 0–255, if any.

    Black and white images are run through the layers before the first kernel.
    If 0 to 255 becomes a few units there, or values are shifted by that much,
    the performer expects 0–255. Where nothing scales, nobody can know.

    Args:
        graph: The performer, layer by layer.
    """
    front = _front(graph)
    if not front:
        return None
    shape = graph.inputs.shape[1:]
    ends = np.stack([np.zeros(shape), np.full(shape, 255.0)])
    run = keras.Model(graph.inputs, graph.outputs[front[-1]], name="front")
    values = np.asarray(tf.cast(run(ends, training=False), tf.float32))
    black, white = values.reshape(2, -1)
    factor = np.abs(white - black).max() / 255
    shifted = np.abs(black).max() >= LEAST_OFFSET
    return front[-1] if 0 < factor <= LARGEST_FACTOR or shifted else None


def _front(graph: FlatGraph) -> list[str]:
    """Paths of the layers between the image and the first kernel, in a row."""
    found: list[str] = []
    tensor = graph.inputs
    while True:
        readers = [
            path
            for path, read in graph.arguments.items()
            if any(one is tensor for one in read)
        ]
        if len(readers) != 1 or len(graph.arguments[readers[0]]) != 1:
            return found
        layer = graph.layers[readers[0]]
        if not is_known(layer) or _looks_around(layer):
            return found
        found.append(readers[0])
        tensor = graph.outputs[readers[0]]


def _looks_around(layer: Any) -> bool:
    windows = ("kernel", "kernel_size", "pool_size")
    return any(hasattr(layer, name) for name in windows)


class ValueRange:
    """Notices, once, images whose values were scaled before the performer's.

    Args:
        attachment: The performer, taken apart.
    """

    def __init__(self, attachment: Attachment) -> None:
        self.attachment = attachment
        self._largest: float | None = None
        self._told = False

    @functools.cached_property
    def layer(self) -> str | None:
        """See `scaling_layer`; asked once weights are there."""
        return scaling_layer(self.attachment.graph)

    def look(self, images: np.ndarray) -> None:
        """Looks at a batch that is there.

        Args:
            images: `(batch, H, W, channels)`.
        """
        if self._told or not self.layer:
            return
        if len(images) >= LEAST_IMAGES and _between_0_and_1(images):
            self._largest = float(images.max())

    def look_at_call(self, images: Any, name: str = "images") -> None:
        """Looks at what a model is called with, and tells at once.

        Args:
            images: `(batch, H, W, channels)`; those of a graph pass.
            name: The argument that they are.
        """
        symbolic = isinstance(images, keras.KerasTensor)
        if symbolic or not tf.executing_eagerly():
            return
        if self._told or not self.layer:
            return
        self.look(numbers(images, name))
        self.tell(name)

    def watched(self, batches: tf.data.Dataset) -> tf.data.Dataset:
        """Returns batches whose first one is looked at when it is read.

        Args:
            batches: Batches of images, or dictionaries with the key `"image"`.
        """
        if self._told or not self.layer:
            return batches

        def note(images: np.ndarray) -> np.bool_:
            self.look(images)
            return np.bool_(True)

        def read(number: Any, batch: Any) -> Any:
            images = batch["image"] if isinstance(batch, dict) else batch
            seen = tf.cond(
                tf.equal(number, 0),
                lambda: tf.numpy_function(note, [images], tf.bool),
                lambda: tf.constant(True),
            )
            with tf.control_dependencies([seen]):
                return tf.nest.map_structure(tf.identity, batch)

        return batches.enumerate().map(read)

    def tell(self, name: str = "images") -> None:
        """Warns, the first time, of what was noticed.

        Args:
            name: The argument that the images are.
        """
        if self._largest is None or self._told:
            return
        self._told = True
        warnings.warn(
            f"`{name}` holds images whose values end at {self._largest:.3g}, "
            "and the performer expects 0–255: it scales them itself, up to "
            f"its layer {self.layer!r}. Hand in images * 255, as they were "
            "before they were scaled.",
            stacklevel=3,
        )


def _between_0_and_1(images: np.ndarray) -> bool:
    """Whether values are shares, not the whole numbers of dark images."""
    if images.dtype.kind != "f" or not (0 < images.max() <= 1):
        return False
    return bool(images.min() >= -1 and (images % 1 != 0).any())
