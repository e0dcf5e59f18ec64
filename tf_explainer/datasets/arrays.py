"""A data set of arrays, or of a `tf.data.Dataset`, that a user has."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartDataset, PartSplit
from tf_explainer.errors import InputError

_TAKEN = (
    "a pair of arrays `(images, labels)`, an array of images, or a "
    "tf.data.Dataset of either"
)


def from_arrays(
    train: Any,
    test: Any = None,
    categories: Sequence[str] | None = None,
    landmarks: Sequence[Any] | None = None,
    landmark_names: Sequence[str] | None = None,
    name: str = "arrays",
) -> PartDataset:
    """Returns a data set to train and to measure with, of what is in memory.

    A `tf.data.Dataset` is read once, here, and its images are held in memory:
    a second pass over one that is shuffled would give other images to the
    labels.

    Args:
        train: Images with their labels, as a pair of arrays `(images, H, W,
            3)` and `(images,)` or one-hot `(images, categories)`, or as a
            `tf.data.Dataset` of pairs, batched or not. Or images alone, to
            learn from and not to measure with.
        test: The same of the test images; `None` if there are none.
        categories: Names in the order of the labels; numbers by default.
        landmarks: Of `train` and of `test`, each `(images, landmarks, 2)`,
            (row, column) as fractions of height and width, NaN where hidden.
        landmark_names: Names in that order; numbers by default.
        name: What the data set is called.

    Raises:
        InputError: If images, labels or landmarks do not fit each other.
    """
    given = {"train": train} if test is None else {"train": train, "test": test}
    read = {split: _read(data, f"`{split}`") for split, data in given.items()}
    labeled = [split for split, (_, labels) in read.items() if len(labels)]
    if labeled and len(labeled) < len(read):
        raise InputError(
            "`train` and `test` must both hold labels, or neither; received "
            f"them in {labeled[0]!r} alone."
        )
    names = _names(read, categories) if labeled else ()
    points = _landmarks(landmarks, {s: len(i) for s, (i, _) in read.items()})
    count = points["train"].shape[1]
    splits = {
        split: PartSplit(
            images=images,
            labels=labels if labeled else np.zeros(len(images), "int32"),
            landmarks=points[split],
            files=tuple(f"{split}/{index}" for index in range(len(images))),
        )
        for split, (images, labels) in read.items()
    }
    told = tuple(landmark_names or (f"landmark {i}" for i in range(count)))
    if len(told) != count:
        raise InputError(
            f"`landmark_names` must hold {count} names, received {len(told)}."
        )
    return PartDataset(name, names, told, splits)


def _read(data: Any, name: str) -> tuple[tf.data.Dataset, np.ndarray]:
    """Single images, and int32 labels; none if there are none."""
    if isinstance(data, tf.data.Dataset):
        return _of_data_set(data, name)
    pair = isinstance(data, tuple) and len(data) == 2
    images, labels = data if pair else (data, None)
    try:
        images = np.asarray(images)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{name} must be {_TAKEN}, received {type(data).__name__}."
        ) from error
    if images.ndim != 4 or images.dtype.kind not in "uif":
        raise InputError(
            f"{name} must be {_TAKEN}, received {images.dtype} of shape "
            f"{images.shape}."
        )
    found = _whole(None if labels is None else np.asarray(labels), name)
    if labels is not None and len(found) != len(images):
        raise InputError(
            f"{name} must hold one label for each image, received "
            f"{len(found)} for {len(images)} images."
        )
    pixels = tf.data.Dataset.from_tensor_slices(_bytes_or_floats(images))
    return pixels, found


def _bytes_or_floats(images: np.ndarray) -> np.ndarray:
    if images.dtype == np.uint8:
        return images
    whole = ((images >= 0) & (images <= 255) & (images % 1 == 0)).all()
    # 0 and 1 alone may also be what is left of 0 and 255.
    if whole and images.max(initial=0) > 1:
        return images.astype("uint8")
    return images.astype("float32")


def _of_data_set(
    data: tf.data.Dataset, name: str
) -> tuple[tf.data.Dataset, np.ndarray]:
    spec = data.element_spec
    if isinstance(spec, dict):
        if "image" not in spec:
            raise InputError(
                f"{name} must hold the key 'image', received {sorted(spec)}."
            )
        keys = [key for key in ("image", "label") if key in spec]
        data = data.map(lambda one: tuple(one[key] for key in keys))
    elif not isinstance(spec, tuple):
        data = data.map(lambda image: (image,))
    if data.cardinality() == tf.data.INFINITE_CARDINALITY:
        raise InputError(f"{name} must end; leave out `.repeat()`.")
    if data.element_spec[0].shape.rank == 4:
        data = data.unbatch()
    held = data.cache()
    labels = [tuple(one)[1:2] for one in held.as_numpy_iterator()]
    images = held.map(lambda image, *_: _castable(image)).apply(
        tf.data.experimental.assert_cardinality(len(labels))
    )
    known = [one[0] for one in labels if one]
    return images, _whole(np.array(known) if known else None, name)


def _castable(image: Any) -> Any:
    return image if image.dtype == tf.uint8 else tf.cast(image, tf.float32)


def _whole(labels: np.ndarray | None, name: str) -> np.ndarray:
    """Labels as int32 `(images,)`."""
    if labels is None:
        return np.zeros(0, "int32")
    if labels.ndim == 2:
        one = labels.shape[1] == 1
        labels = labels[:, 0] if one else labels.argmax(axis=1)
    numeric = labels.ndim == 1 and labels.dtype.kind in "buif"
    if not numeric or (labels % 1 != 0).any() or labels.min(initial=0) < 0:
        raise InputError(
            f"{name} must hold categories from 0 on as labels, received "
            f"{labels.dtype} of shape {labels.shape}."
        )
    return labels.astype("int32")


def _names(
    read: dict[str, tuple[Any, np.ndarray]], categories: Sequence[str] | None
) -> tuple[str, ...]:
    largest = max(int(labels.max()) for _, labels in read.values())
    if categories is None:
        return tuple(f"category {index}" for index in range(largest + 1))
    if largest >= len(categories):
        raise InputError(
            f"`categories` must name all {largest + 1} categories of the "
            f"labels, received {len(categories)} names."
        )
    return tuple(categories)


def _landmarks(
    given: Sequence[Any] | None, images: dict[str, int]
) -> dict[str, np.ndarray]:
    if given is None:
        return {s: np.zeros((n, 0, 2), "float32") for s, n in images.items()}
    points = dict(
        zip(images, (np.asarray(one, "float32") for one in given), strict=False)
    )
    shapes = {split: found.shape for split, found in points.items()}
    fits = len(given) == len(images) and all(
        len(shape) == 3 and (shape[0], shape[2]) == (images[split], 2)
        for split, shape in shapes.items()
    )
    if not fits or len({shape[1] for shape in shapes.values()}) > 1:
        raise InputError(
            "`landmarks` must hold, for each split, (images, landmarks, 2) of "
            f"{images} images; received {shapes}."
        )
    return points
