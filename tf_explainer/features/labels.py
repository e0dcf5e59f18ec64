"""Batches of images with their true categories."""

from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.errors import InputError
from tf_explainer.features.image_checks import refuse_unless
from tf_explainer.features.images import (
    Shape,
    checked_batches,
    elements_of,
    image_batches,
)
from tf_explainer.features.sources import image_source


def labeled_batches(
    images: Any,
    labels: Any,
    categories: int,
    batch_size: int | None = None,
    shape: Shape | None = None,
    name: str = "x",
    steps: int | None = None,
) -> tf.data.Dataset:
    """Returns batches `{"image", "labels"}`, the labels one-hot.

    Args:
        images: See `image_batches`; without `labels`, images with labels:
            tuples `(image, label, …)` or dictionaries with the keys `"image"`
            and `"label"`, batched or not.
        labels: Categories `(images,)` from 0 on, or one-hot `(images,
            categories)`; `None` if they come with the images.
        categories: Number of categories.
        batch_size: Images in a batch; `None` means 32. A batched data set
            keeps its own.
        shape: See `image_batches`.
        name: See `image_batches`.
        steps: See `image_batches`.

    Raises:
        InputError: If there are no labels, or if they are not one a image or
            no categories; and see `image_batches`.
    """
    size = batch_size or 32
    if labels is None:
        limit = elements_of(steps, size)
        source = image_source(images, name, limit, labeled=True)
        pairs = _of_pairs(source, categories)
        return checked_batches(pairs, size, shape, name, steps)
    _refuse_two(images, name)
    labels = _one_hot_array(_as_array(labels), categories)
    batches = image_batches(images, batch_size, shape, name, steps)
    # Of others it shows when they are read.
    whole = isinstance(images, list) or hasattr(images, "shape")
    if whole and len(images) != len(labels):
        raise InputError(
            "`y` must hold one category for each image, received "
            f"{len(labels)} for {len(images)} images."
        )
    known = tf.data.experimental.assert_cardinality
    single = batches.unbatch().apply(known(len(labels)))
    pairs = tf.data.Dataset.zip(
        single, tf.data.Dataset.from_tensor_slices(labels)
    ).map(_named)
    return pairs.batch(size).apply(known(-(-len(labels) // size)))


def _refuse_two(images: Any, name: str) -> None:
    spec = getattr(images, "element_spec", images)
    pair = isinstance(spec, tuple) and len(spec) > 1
    if pair or (isinstance(spec, dict) and "label" in spec):
        raise InputError(
            f"`{name}` holds labels, and so does `y`; give one of them."
        )


def _as_array(labels: Any) -> np.ndarray:
    try:
        return np.asarray(labels)
    except ValueError as error:
        raise InputError(
            "`y` must hold one category for each image, received rows of "
            "different lengths."
        ) from error


def add_labels(features: Any, labels: Any, categories: int) -> tf.data.Dataset:
    """Returns kept features with the label of each example.

    Args:
        features: Single examples, as `Explainer.cached_features` gives them;
            with `labels` of `None` they must hold the key `"labels"`.
        labels: See `labeled_batches`; in the order of the features.
        categories: Number of categories.

    Raises:
        InputError: If there are no labels, or if they are not one a example.
    """
    if labels is None:
        if "labels" in features.element_spec:
            return features
        raise InputError(
            "`y` must hold the category of each example, since `learn_from` "
            "is 'labels'; received features alone."
        )
    labels = _one_hot_array(np.asarray(labels), categories)
    count = int(features.cardinality())
    if count != len(labels):
        raise InputError(
            "`y` must hold one category for each example, received "
            f"{len(labels)} for {count} examples."
        )
    spec = features.element_spec
    if "frames" in spec:
        # All views of an image have its label.
        labels = np.repeat(labels[:, None], spec["frames"].shape[0], axis=1)
    return tf.data.Dataset.zip(
        features, tf.data.Dataset.from_tensor_slices(labels)
    ).map(lambda example, label: {**example, "labels": label})


def _of_pairs(data: tf.data.Dataset, categories: int) -> tf.data.Dataset:
    spec = data.element_spec
    named = isinstance(spec, dict) and {"image", "label"} <= set(spec)
    if not named and not (isinstance(spec, tuple) and len(spec) > 1):
        raise InputError(
            "`y` must hold the category of each image, since `learn_from` is "
            "'labels'; received images alone."
        )

    def pair(*element: Any) -> dict[str, Any]:
        if named:
            element = element[0]["image"], element[0]["label"]
        image, label = element[:2]
        return _named(image, _one_hot(label, rows, categories))

    image, label = (spec["image"], spec["label"]) if named else spec[:2]
    if not (_has_rank(image) and _has_rank(label)):
        raise InputError(
            "`x` must tell the ranks of its images and labels, received a "
            "data set that does not; give it an `output_signature`."
        )
    rows = label.shape[int(image.shape.rank == 4) :]
    _check_label(label, rows, categories)
    return data.map(pair)


def _has_rank(spec: Any) -> bool:
    return isinstance(spec, tf.TensorSpec) and spec.shape.rank is not None


def _check_label(label: Any, rows: Any, categories: int) -> None:
    if rows == [categories]:
        return
    number = label.dtype.is_integer or label.dtype.is_floating
    # Keras' own folders give two categories as a column of 0.0 and 1.0.
    if number and (rows.rank == 0 or rows == [1]):
        return
    raise InputError(
        f"The labels in `x` must be whole numbers from 0 to {categories - 1}, "
        f"or one-hot rows of {categories}, received {label.dtype.name} of "
        f"shape {tuple(rows)} for each image."
    )


def _one_hot(label: Any, rows: Any, categories: int) -> Any:
    if rows == [categories]:
        return tf.cast(label, tf.float32)
    if rows == [1]:
        label = tf.squeeze(label, -1)
    whole = tf.cast(label, tf.int64)
    known = (whole >= 0) & (whole < categories)
    refuse_unless(
        tf.reduce_all(known & (tf.cast(whole, label.dtype) == label)),
        f"`y` must hold categories from 0 to {categories - 1}, received ",
        tf.reduce_min(label),
        " to ",
        tf.reduce_max(label),
        ".",
    )
    return tf.one_hot(whole, categories)


def _one_hot_array(labels: np.ndarray, categories: int) -> np.ndarray:
    if labels.ndim == 2 and labels.shape[1] == categories:
        _check_rows(labels, categories)
        return labels.astype("float32")
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    whole = labels.ndim == 1 and _are_whole(labels)
    if not whole or ((labels < 0) | (labels >= categories)).any():
        raise InputError(
            f"`y` must hold categories from 0 to {categories - 1}, or one-hot "
            f"rows of {categories}, received {labels.dtype} {labels.shape}"
            f"{f' up to {labels.max()}' if whole and len(labels) else ''}."
        )
    return np.eye(categories, dtype="float32")[labels.astype(int)]


def _are_whole(labels: np.ndarray) -> bool:
    if labels.dtype.kind == "f":
        return bool((labels % 1 == 0).all())
    return labels.dtype.kind in "iub"


def _check_rows(labels: np.ndarray, categories: int) -> None:
    numeric = labels.dtype.kind in "biuf"
    good = numeric and ((labels >= 0) & (labels <= 1)).all()
    if not good or not np.allclose(labels.sum(axis=1), 1, atol=1e-3):
        raise InputError(
            f"`y` must hold categories from 0 to {categories - 1}, or one-hot "
            "rows that add up to 1, received rows that do not."
        )


def _named(image: Any, labels: Any) -> dict[str, Any]:
    return {"image": image, "labels": labels}
