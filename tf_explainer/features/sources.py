"""One `tf.data.Dataset` from arrays, PyDatasets, generators and the like."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.errors import InputError
from tf_explainer.features.image_checks import (
    array_of,
    array_of_list,
    kind_of,
    numbers,
)

# What is read once only must be held; beyond this it may as well never end.
MOST_BYTES, MOST_IMAGES = 2**30, 10_000
_TAKEN = (
    "an array (images, height, width, channels), a tf.data.Dataset, a keras "
    "PyDataset, or an iterable of images"
)


def image_source(
    data: Any,
    name: str = "images",
    limit: Callable[[int], int] | None = None,
    labeled: bool = False,
) -> tf.data.Dataset:
    """Returns a data set of what a user handed in, in its order.

    What can be read only once, such as a generator, is read here and held.

    Args:
        data: Array of images, a list of images, a pair `(images, labels)` or
            a dictionary with the key `"image"` of such, a `tf.data.Dataset`,
            a `keras.utils.PyDataset`, a generator or another iterable, of
            images or batches of them, alone or with labels.
        name: The argument that it is, for messages.
        limit: Function of the rank of an element, 3 for an image and 4 for a
            batch, to how many are read; `None` reads to the end.
        labeled: Whether labels are wanted, too.

    Returns:
        Elements are images or batches of them; or tuples of those and their
        labels where labels are wanted and there. A `tf.data.Dataset` comes
        back as it is.

    Raises:
        InputError: If there are no images in it, if they are of several
            sizes, or if it does not end.
    """
    if isinstance(data, tf.data.Dataset):
        return data
    whole = _whole(data, name, labeled)
    if whole is not None:
        return tf.data.Dataset.from_tensor_slices(whole)
    iterable = isinstance(data, Iterable | keras.utils.PyDataset)
    if not iterable or isinstance(data, str | bytes):
        raise InputError(
            f"`{name}` must be {_TAKEN}, received {kind_of(data)}."
        )
    if is_open_ended(data):
        held = _held(data, name, limit, labeled)
        return _streamed(lambda: iter(held), len(held), name)
    count = _length(data) or 0

    def elements() -> Iterator[tuple]:
        some = itertools.islice(_iterated(data), count)
        return (_element(one, name, labeled) for one in some)

    return _streamed(elements, count, name)


def split_arrays(x: Any, y: Any, share: float) -> tuple[Any, Any]:
    """Returns arrays without their last share, and that share.

    Args:
        x: An array or list of images, or a pair or dictionary of images and
            labels.
        y: Labels of the images, or `None`.
        share: In (0, 1).

    Returns:
        Two pairs of images and labels; the labels are `None` if there are
        none.

    Raises:
        InputError: If `x` is no array, or one of the two would be empty.
    """
    if isinstance(share, bool) or not 0 < share < 1:
        raise InputError(
            f"`validation_split` must lie in (0, 1), received {share!r}."
        )
    whole = None
    if not isinstance(x, tf.data.Dataset | keras.utils.PyDataset | Iterator):
        whole = _whole(x, "x", labeled=y is None)
    if whole is None:
        raise InputError(
            "`validation_split` needs `x` to be an array, received "
            f"{kind_of(x)}; take the images apart and hand in some of them as "
            "`validation_data`."
        )
    images, labels = whole if isinstance(whole, tuple) else (whole, y)
    count = int(len(images) * (1 - share))
    if not 0 < count < len(images):
        raise InputError(
            f"`validation_split` {share} leaves no image to learn from or to "
            f"validate on, received {len(images)} images."
        )
    if labels is None:
        return (images[:count], None), (images[count:], None)
    labels = numbers(labels, "y")
    if len(labels) != len(images):
        raise InputError(
            "`y` must hold one category for each image, received "
            f"{len(labels)} for {len(images)} images."
        )
    return (images[:count], labels[:count]), (images[count:], labels[count:])


def holds_labels(data: tf.data.Dataset) -> bool:
    """Whether the elements of a data set have labels beside their images.

    Args:
        data: What `image_source` gives.
    """
    spec = data.element_spec
    if isinstance(spec, dict):
        return {"image", "label"} <= set(spec)
    return isinstance(spec, tuple) and len(spec) > 1


def is_open_ended(data: Any) -> bool:
    """Whether nobody can know where data end without reading them.

    Args:
        data: See `image_source`.
    """
    if isinstance(data, tf.data.Dataset):
        return bool(data.cardinality() == tf.data.INFINITE_CARDINALITY)
    return isinstance(data, Iterator) or _length(data) is None


def _whole(data: Any, name: str, labeled: bool) -> Any:
    """All images at once, and their labels; `None` if it is no array."""
    data = _pair(data, name)
    if isinstance(data, tuple) and data and np.ndim(_shown(data[0])) == 4:
        images = array_of(data[0], name)
        if not (labeled and len(data) > 1):
            return images
        labels = numbers(data[1], name)
        if len(labels) != len(images):
            raise InputError(
                f"`{name}` must hold one label for each image, received "
                f"{len(labels)} for {len(images)} images."
            )
        return images, labels
    if isinstance(data, list | tuple):
        pairs = len(data) and isinstance(data[0], tuple | dict)
        return None if pairs else array_of_list(data, name)
    return array_of(data, name) if hasattr(data, "__array__") else None


def _pair(data: Any, name: str) -> Any:
    """Images and labels of a dictionary; other data as they are."""
    if not isinstance(data, dict):
        return data
    if "image" not in data:
        raise InputError(
            f"`{name}` must hold the key 'image', received a dictionary of "
            f"{sorted(map(str, data))}."
        )
    return tuple(data[key] for key in ("image", "label") if key in data)


def _shown(value: Any) -> Any:
    """Something whose rank numpy tells without reading all of it."""
    return np.empty(value.shape, "V0") if hasattr(value, "shape") else value


def _held(
    data: Any, name: str, limit: Callable[[int], int] | None, labeled: bool
) -> list[tuple]:
    """Elements of what can be read but once."""
    held: list[tuple] = []
    images = size = 0
    most = None
    for one in _iterated(data):
        held.append(_element(one, name, labeled))
        pixels = held[-1][0]
        if limit is not None:
            most = most or limit(pixels.ndim)
            if len(held) >= most:
                break
        size += pixels.nbytes
        images += len(pixels) if pixels.ndim == 4 else 1
        if limit is None and (size > MOST_BYTES or images > MOST_IMAGES):
            raise InputError(
                f"`{name}` must end, received {kind_of(data)} that gave "
                f"{images} images and goes on; say how many batches to take "
                "(`steps`, in `fit` `steps_per_epoch` or `validation_steps`), "
                "or hand in a tf.data.Dataset or a keras PyDataset."
            )
    if not held:
        raise InputError(
            f"`{name}` must not be empty, received {kind_of(data)} of no "
            "images; a generator gives its images only once."
        )
    return held


def _streamed(
    elements: Callable[[], Iterator[tuple]], count: int, name: str
) -> tf.data.Dataset:
    first = next(elements(), None)
    if first is None:
        raise InputError(f"`{name}` must not be empty, received 0 images.")
    kinds = [_shape(value, first[0].ndim) for value in first]

    def alike() -> Iterator[Any]:
        for number, one in enumerate(elements()):
            found = [_shape(value, one[0].ndim) for value in one]
            if found != kinds:
                raise InputError(
                    f"`{name}` must hold images of one size, and labels of "
                    f"one kind, received {kinds} and, as element {number} "
                    f"(counted from 0), {found}."
                )
            # Elements may differ in kind, a data set's do not.
            one = (one[0].astype("float32"), *one[1:])
            yield one if len(one) > 1 else one[0]

    types = ["float32", *(value.dtype for value in first[1:])]
    signature = tuple(
        tf.TensorSpec(shape, dtype)
        for shape, dtype in zip(kinds, types, strict=True)
    )
    data = tf.data.Dataset.from_generator(
        alike, output_signature=signature if len(first) > 1 else signature[0]
    )
    return data.apply(tf.data.experimental.assert_cardinality(count))


def _shape(values: np.ndarray, rank: int) -> tuple[int | None, ...]:
    """Shape of an image's or label's array, of a batch without its size."""
    batch = (None,) * (rank - 3)
    return (*batch, *values.shape[len(batch) :])


def _iterated(data: Any) -> Iterator[Any]:
    if not isinstance(data, keras.utils.PyDataset):
        return iter(data)
    length = _length(data)
    indices = itertools.count() if length is None else range(length)
    return (data[index] for index in indices)


def _element(element: Any, name: str, labeled: bool) -> tuple:
    """An image or a batch, and its labels where they are there."""
    element = _pair(element, name)
    if not isinstance(element, list | tuple):
        element = (element,)
    if len(element) == 0:
        raise InputError(f"`{name}` must not hold empty elements.")
    if isinstance(element, list) and np.ndim(_shown(element[0])) == 3:
        element = (array_of_list(element, name),)
    pixels = numbers(element[0], name)
    if pixels.ndim not in (3, 4) or pixels.dtype.kind not in "uif":
        raise InputError(
            f"`{name}` must hold images (height, width, channels) or batches "
            f"of them, received {pixels.dtype} {pixels.shape}."
        )
    if not (labeled and len(element) > 1):
        return (pixels,)
    return pixels, numbers(element[1], name)


def _length(data: Any) -> int | None:
    """Number of elements, `None` where it is not known or there is no end."""
    try:
        if isinstance(data, keras.utils.PyDataset):
            return data.num_batches
        return len(data)
    # Who knows a length for some data only says so in many ways.
    except (TypeError, NotImplementedError, ValueError):
        return None
