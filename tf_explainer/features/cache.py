"""The frozen performer's features, computed once per image."""

import contextlib
import dataclasses
import shutil
import tempfile
import warnings
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.errors import InputError

LIMIT = 2 * 2**30


def cached_if_small(images: tf.data.Dataset, count: int) -> tf.data.Dataset:
    """Returns the images, kept in memory if they take no more than 2 GiB.

    Args:
        images: Single images, as they are read.
        count: Number of images.
    """
    spec = images.element_spec
    size = float(np.prod(spec.shape)) * spec.dtype.size * count
    return images.cache() if size <= LIMIT else images


def tell_features(callbacks: Any) -> Callable[[int, int | None], None]:
    """Returns what calls `on_features(done, total)` of those that have it.

    The frozen performer's features are computed before the first epoch, when
    Keras calls no callback; on a large network that takes longer than an
    epoch, and a person wants to see it move.

    Args:
        callbacks: A callback, a list of them, or `None`.

    Returns:
        A function of the number of images done and of all images, the latter
        `None` where it is not known.
    """
    listeners = [
        callback.on_features
        for callback in keras.tree.flatten(callbacks or [])
        if hasattr(callback, "on_features")
    ]

    def tell(done: int, total: int | None) -> None:
        for listener in listeners:
            listener(done, total)

    return tell


GIB = 2**30
# A data set's function runs on few threads: two batches keep more cores busy,
# and the maps of two batches still fit into memory.
AT_ONCE = 2
# Kept in float32: probabilities are small, and places must be exact.
EXACT = ("scores", "labels", "frames")
# Images of the first batch that tell whether float16 is wide enough.
LOOKED_AT = 4
# Names of the files on disk.
HALF, WHOLE = "features_half", "features"


def feature_cache(
    features: Callable[..., dict[str, Any]],
    images: tf.data.Dataset,
    memory_limit: float = 4.0,
    disk_limit: float = 32.0,
    directory: str | None = None,
    tell: Callable[[int, int | None], None] | None = None,
    exact: bool = False,
) -> tuple[tf.data.Dataset, int]:
    """Runs the performer over all images once and keeps its features.

    All but scores, labels and places is kept in float16 where its range is
    ample, which is about 0.2 MB an image for the paper's networks.

    Args:
        features: `Attachment.features`, or a function like it.
        images: Batches of what it takes, such as `image_batches` gives.
        memory_limit: What may be kept in memory, GiB.
        disk_limit: What may be written to disk if it is more, GiB.
        directory: Folder for features on disk; `None` means a temporary one,
            which is removed when the data set is gone.
        tell: Called with the number of images done and of all images, the
            latter `None` where it is not known.
        exact: Keep all in float32, as measures want it.

    Returns:
        A data set of single examples `{"target", …, "scores"}` and the number
        of examples. If both limits are too small, nothing is kept: features
        are computed anew in each pass, and a warning says so.

    Raises:
        InputError: If there are no images, if they never end, or if a feature
            is not finite.
    """
    if images.cardinality() == tf.data.INFINITE_CARDINALITY:
        raise InputError(
            "`images` must end, received a data set that repeats forever; "
            "leave out `.repeat()`."
        )
    batch = next(iter(images.take(1)), None)
    if batch is None:
        raise InputError("`images` must not be empty, received no images.")
    store = _Store(
        count=_count(images, batch),
        memory_limit=memory_limit,
        disk_limit=disk_limit,
        directory=directory,
        tell=tell or (lambda done, total: None),
    )
    if not exact and _fits_half(features, batch):
        half = _computed(features, images, half=True)
        # What is computed anew in each pass saves nothing by float16.
        if store.holds(half):
            with contextlib.suppress(_TooLargeError):
                return store.keep(half, HALF)
            store.forget(HALF)
    return store.keep(_computed(features, images, half=False), WHOLE)


class _TooLargeError(InputError):
    """A feature that is infinite in float16."""


@dataclasses.dataclass
class _Store:
    """Where features are kept; the fields are arguments of `feature_cache`."""

    count: int
    memory_limit: float
    disk_limit: float
    directory: str | None
    tell: Callable[[int, int | None], None]

    def holds(self, computed: tf.data.Dataset) -> bool:
        """Whether the limits let features be kept at all."""
        wanted = self._wanted(computed)
        return wanted <= max(self.memory_limit, self.disk_limit)

    def keep(
        self, computed: tf.data.Dataset, name: str
    ) -> tuple[tf.data.Dataset, int]:
        """Computes all features, and returns single examples."""
        wanted = self._wanted(computed)
        single = computed.prefetch(2).unbatch()
        if wanted <= self.memory_limit:
            kept = single.cache()
        elif wanted <= self.disk_limit:
            kept = self._on_disk(single, name)
        else:
            warnings.warn(
                f"The features of {self.count} images take {wanted:.1f} GiB, "
                f"more than `memory_limit` ({self.memory_limit}) and "
                f"`disk_limit` ({self.disk_limit}): they are computed anew in "
                "each epoch.",
                stacklevel=3,
            )
            return single, self.count
        seen = _fill(kept, self.count, self.tell)
        if not seen:
            raise InputError(
                "`images` must give the same images in each pass, received a "
                "data set that gave none in its second; do not make it of a "
                "generator that has begun."
            )
        known = tf.data.experimental.assert_cardinality(seen)
        return kept.apply(known), seen

    def _wanted(self, computed: tf.data.Dataset) -> float:
        """What the features take, GiB."""
        return self.count * _bytes_per_image(computed.element_spec) / GIB

    def _on_disk(self, single: tf.data.Dataset, name: str) -> tf.data.Dataset:
        prefix = "tf_explainer_features_"
        folder = self.directory or tempfile.mkdtemp(prefix=prefix)
        kept = single.cache(f"{folder}/{name}")
        if self.directory is None:
            # Every data set made of this one holds on to it. At the latest
            # when the process ends.
            weakref.finalize(kept, shutil.rmtree, folder, ignore_errors=True)
        return kept

    def forget(self, name: str) -> None:
        """Removes what was not kept to the end, as `Dataset.cache` names it."""
        if self.directory is not None:
            for file in Path(self.directory).glob(f"{name}[._]*"):
                file.unlink()


def _count(images: tf.data.Dataset, batch: Any) -> int:
    """Number of images; of known batches at most, else they are counted."""
    batches = int(images.cardinality())
    if batches > 0:
        return batches * len(tf.nest.flatten(batch)[0])
    return int(
        images.reduce(
            np.int64(0),
            lambda count, batch: (
                count
                + tf.shape(tf.nest.flatten(batch)[0], out_type=tf.int64)[0]
            ),
        )
    )


def _computed(
    features: Callable[..., Any], images: tf.data.Dataset, half: bool
) -> tf.data.Dataset:
    # Or AutoGraph goes through all of Keras, and finds nothing to do.
    @tf.autograph.experimental.do_not_convert
    def compute(batch: Any) -> dict[str, Any]:
        computed = features(batch, training=False)
        return {
            name: tf.cast(
                value,
                tf.float16 if half and name not in EXACT else tf.float32,
            )
            for name, value in computed.items()
        }

    return images.map(compute, num_parallel_calls=AT_ONCE)


def _fits_half(features: Callable[..., Any], batch: Any) -> bool:
    """Whether float16 holds ten times the largest value of some images."""
    some = tf.nest.map_structure(
        lambda value: value[:LOOKED_AT] if value.shape.rank else value, batch
    )
    largest = max(
        float(tf.reduce_max(tf.abs(value)))
        for name, value in features(some, training=False).items()
        if name not in EXACT
    )
    return largest < float(tf.float16.max) / 10


def _fill(
    kept: tf.data.Dataset,
    count: int,
    tell: Callable[[int, int | None], None],
) -> int:
    seen = 0
    tell(seen, count)
    for example in kept:
        seen += 1
        for name, value in example.items():
            if np.isfinite(value).all():
                continue
            narrow = value.dtype == tf.float16 and np.isinf(value).any()
            raise (_TooLargeError if narrow else InputError)(
                f"`performer` gives a {name} feature that is not finite for "
                f"image {seen - 1} (counted from 0); check its preprocessing "
                "and the range of the images (0–255 is expected)."
            )
        if seen % 32 == 0:
            tell(seen, count)
    tell(seen, seen)
    return seen


def _bytes_per_image(specs: dict[str, Any]) -> float:
    return sum(
        float(np.prod(spec.shape[1:])) * spec.dtype.size
        for spec in specs.values()
    )
