"""Batches of images from whatever the user hands in."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from tf_explainer.errors import InputError
from tf_explainer.features.image_checks import (
    array_of,
    refuse_unless,
    shape_text,
)
from tf_explainer.features.sources import image_source

Shape = Sequence[int | None]


def image_batches(
    images: Any,
    batch_size: int | None = None,
    shape: Shape | None = None,
    name: str = "images",
    steps: int | None = None,
) -> tf.data.Dataset:
    """Returns a data set of image batches, float32 `(batch, H, W, 3)`.

    The one reader of all that takes images. Pixels are looked at when they
    are read; what is wrong then is told by `told_faults`.

    Args:
        images: Array `(images, H, W, 3)` or list of images; a
            `tf.data.Dataset`, `keras.utils.PyDataset`, generator or other
            iterable of images, batched or not, alone or with labels: tuples
            `(image, …)` or dictionaries with the key `"image"`. Labels and
            weights are ignored. Values are 0–255 unless the performer
            expects otherwise.
        batch_size: Images in a batch; `None` means 32. Batched data keep
            their own.
        shape: `(H, W, channels)` that the performer takes.
        name: The argument that the images are, for messages.
        steps: Batches to take of data that do not say where they end.

    Raises:
        InputError: If there is no image, if the images do not fit, if some
            are not finite, or if they do not end and `steps` is not given.
    """
    size = batch_size or 32
    source = image_source(images, name, elements_of(steps, size))
    spec = source.element_spec
    if isinstance(spec, tuple | list | dict) and _image_of(spec) is not None:
        source = source.map(lambda *element: _image_of(element))
    return checked_batches(source, size, shape, name, steps)


def checked_batches(
    data: tf.data.Dataset,
    size: int,
    shape: Shape | None = None,
    name: str = "images",
    steps: int | None = None,
) -> tf.data.Dataset:
    """Returns batches of float32 images that are looked at when read.

    Args:
        data: Images or batches of them, or dictionaries that hold those as
            `"image"`.
        size: Images in a batch, where they are not in batches yet.
        shape: See `image_batches`.
        name: See `image_batches`.
        steps: See `image_batches`.

    Raises:
        InputError: See `image_batches`.
    """
    if steps is None and data.cardinality() == tf.data.INFINITE_CARDINALITY:
        raise InputError(
            f"`{name}` must end, received a data set that repeats forever; "
            "leave out `.repeat()`, or say how many batches to take (`steps`, "
            "in `fit` `steps_per_epoch` or `validation_steps`)."
        )
    if data.cardinality() == 0:
        raise InputError(f"`{name}` must not be empty, received 0 images.")
    spec = _spec_of(data, name)
    batched = spec.shape.rank == 4
    found = spec.shape[-3:]
    if shape is not None:
        _check_shape(found, shape, name)
    # Sizes that are not known yet show when the images are read.
    wanted = found if shape is None else found.merge_with(shape)
    if not found.is_fully_defined():
        rank = len(spec.shape)
        data = data.map(
            _with_image(lambda one, _: _sized(one, wanted, rank, name))
        )
    if not batched:
        data = data.batch(size)
    if data.cardinality() == tf.data.INFINITE_CARDINALITY:
        data = data.take(steps)

    def finite(batch: Any, number: Any) -> Any:
        return _finite(batch, number, None if batched else size, name)

    def read(number: Any, batch: Any) -> Any:
        return _with_image(finite)(batch, number)

    return data.enumerate().map(read)


def check_images(images: Any, shape: Shape, name: str = "images") -> None:
    """Refuses a batch that a performer does not take.

    Args:
        images: `(batch, H, W, channels)`; tensors of a graph, whose values
            are not known, pass.
        shape: `(H, W, channels)` that the performer takes.
        name: The argument that they are.

    Raises:
        InputError: If their shape is another one, or if one is not finite.
    """
    if isinstance(images, keras.KerasTensor) or not tf.executing_eagerly():
        return
    found = array_of(images, name)
    _check_shape(tf.TensorShape(found.shape[1:]), shape, name)


def elements_of(steps: int | None, size: int) -> Callable[[int], int] | None:
    """Returns what `image_source` calls `limit`.

    Args:
        steps: Batches to take, or `None`.
        size: Images in a batch, where they come one by one.
    """
    if steps is None:
        return None
    return lambda rank: steps if rank == 4 else steps * size


def _image_of(element: Any) -> Any:
    while isinstance(element, tuple | list | dict):
        if isinstance(element, dict):
            element = element.get("image")
        else:
            element = element[0] if element else None
    return element


def _spec_of(data: tf.data.Dataset, name: str) -> tf.TensorSpec:
    """What is known of the images before they are read."""
    given = data.element_spec
    spec: Any = given.get("image") if isinstance(given, dict) else given
    if isinstance(spec, tf.TensorSpec) and spec.shape.rank is None:
        first = next(iter(data.take(1)), None)
        if first is None:
            raise InputError(f"`{name}` must not be empty, received 0 images.")
        rank = len(_image_of(first).shape)
        spec = tf.TensorSpec([None] * rank, spec.dtype)
    plain = isinstance(spec, tf.TensorSpec) and spec.shape.rank in (3, 4)
    if not (plain and (spec.dtype.is_floating or spec.dtype.is_integer)):
        raise InputError(
            f"`{name}` must hold images (height, width, channels) or batches "
            f"of them, received a data set of {given}."
        )
    return spec


def _check_shape(found: tf.TensorShape, wanted: Shape, name: str) -> None:
    if found.is_compatible_with(wanted):
        return
    height, width, channels = wanted
    hint = ""
    if found.is_compatible_with((channels, height, width)):
        hint = "; the channels go last, see `np.moveaxis(images, -3, -1)`"
    elif found[-1] == 1 and channels == 3:
        hint = "; repeat the gray channel, see `np.repeat(images, 3, -1)`"
    raise InputError(
        f"`{name}` must hold images of shape {tuple(wanted)}, as the "
        f"performer takes them; received {tuple(found)}{hint}."
    )


def _with_image(change: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Changes the image of an element and leaves its labels alone."""

    def changed(element: Any, number: Any = None) -> Any:
        if isinstance(element, dict):
            image = change(element["image"], number)
            return {**element, "image": image}
        return change(element, number)

    return changed


def _sized(images: Any, wanted: tf.TensorShape, rank: int, name: str) -> Any:
    shape = tf.shape(images)
    known = [(i, side) for i, side in enumerate(wanted, -3) if side is not None]
    fits = [tf.equal(shape[i], side) for i, side in known]
    refuse_unless(
        tf.reduce_all(tf.stack([tf.equal(tf.rank(images), rank), *fits])),
        f"`{name}` must hold images of one shape, {tuple(wanted)}, received ",
        shape_text(shape[-3:]),
        ".",
    )
    images.set_shape([*[None] * (rank - 3), *wanted])
    return images


def _finite(images: Any, number: Any, size: int | None, name: str) -> Any:
    """The images in float32, none of them with NaN or infinity."""
    images = tf.cast(images, tf.float32)
    finite = tf.reduce_all(tf.math.is_finite(images), axis=(1, 2, 3))
    bad = tf.where(~finite)[:, 0]
    first = tf.concat([bad, [tf.constant(-1, tf.int64)]], axis=0)[0]
    if size is None:
        place = [first, " of batch ", number]
    else:
        place = [number * size + first]
    refuse_unless(
        tf.reduce_all(finite),
        f"`{name}` must be finite, received NaN or infinity in image ",
        *place,
        " (counted from 0); such images in that batch: ",
        tf.size(bad),
        ".",
    )
    return images
