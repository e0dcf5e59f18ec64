"""Features of several views of each image, and the pairs that are learned."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from tf_explainer.performers.moved_images import moved_images

Features = Callable[..., dict[str, Any]]


def numbered(batches: tf.data.Dataset) -> tf.data.Dataset:
    """Returns batches with their number, from which their views are drawn.

    Args:
        batches: Batches of images, or of dictionaries with the key `"image"`.
    """
    return batches.enumerate().map(
        lambda number, batch: {"batch": batch, "number": number}
    )


def features_of_views(features: Features, views: int, seed: int) -> Features:
    """Returns a function of `numbered` images to the features of their views.

    Args:
        features: Function of a batch of images to a dictionary of tensors
            with the images on the first axis.
        views: Number of moved views of each image, beside itself.
        seed: Seed of the views.

    Returns:
        A function of an element of `numbered` to the same dictionary with a
        second axis of `views + 1`, the image itself first, and `frames`
        `(batch, views + 1, 6)`, the two rows of each frame of `moved_images`
        behind one another.
    """

    def run(element: Any, training: bool = False) -> dict[str, Any]:
        number = tf.cast(element["number"], tf.int32)
        batch = element["batch"]
        seen = [_itself(features, batch)]
        for view in range(views):
            key = tf.stack([seed, number * views + view])
            seen.append(_moved(features, batch, key))
        return _stacked(seen)

    return run


def moved_beside(batch: Any, key: Any = None) -> dict[str, Any]:
    """Returns a batch of images with one new view of each.

    Args:
        batch: A batch of images, or a dictionary with the key `"image"`.
        key: Seed of the views, int32 `(2,)`; `None` draws one.

    Returns:
        A dictionary of what was given, `"moved"` and its `"frames"`.
    """
    batch = batch if isinstance(batch, dict) else {"image": batch}
    if key is None:
        key = tf.random.uniform((2,), maxval=2**31 - 1, dtype=tf.int32)
    moved, frames = moved_images(batch["image"], key)
    return {**batch, "moved": moved, "frames": tf.reshape(frames, (-1, 6))}


def pair_of_views(features: Features, batch: Any) -> dict[str, Any]:
    """Returns the features of images and of one view of each.

    Args:
        features: Function of a dictionary with the key `"image"` to features.
        batch: What `moved_beside` returns, or takes.

    Returns:
        A batch of pairs as one, see `joined_pairs`.
    """
    if not (isinstance(batch, dict) and "moved" in batch):
        batch = moved_beside(batch)
    view = {**batch, "image": batch["moved"]}
    other = {**features(view, training=False), "frames": batch["frames"]}
    return joined_pairs(_stacked([_itself(features, batch), other]))


def without_views(
    features: tf.data.Dataset, batched: bool = False
) -> tf.data.Dataset:
    """Returns kept features of the images as they are.

    Args:
        features: Examples, with moved views or without.
        batched: Whether they are in batches.
    """
    if "frames" not in features.element_spec:
        return features
    return features.map(
        lambda example: {
            name: value[:, 0] if batched else value[0]
            for name, value in example.items()
            if name != "frames"
        }
    )


def one_pair(example: dict[str, Any], key: Any) -> dict[str, Any]:
    """Returns an image beside one of its moved views, chosen at random.

    Args:
        example: Features of one image, views on the first axis.
        key: Seed of the choice, int32 `(2,)`.
    """
    views = example["frames"].shape[0]
    chosen = tf.random.stateless_uniform((), key, 1, views, tf.int32)
    return {
        name: tf.stack([value[0], value[chosen]])
        for name, value in example.items()
    }


def joined_pairs(pairs: dict[str, Any]) -> dict[str, Any]:
    """Returns a batch of pairs as a batch in which views of one image touch.

    Args:
        pairs: Tensors `(batch, 2, …)`.

    Returns:
        Tensors `(2 batch, …)`.
    """
    return {
        name: tf.reshape(value, (-1, *value.shape[2:]))
        for name, value in pairs.items()
    }


def _itself(features: Features, batch: Any) -> dict[str, Any]:
    images = batch["image"] if isinstance(batch, dict) else batch
    identity = tf.constant([[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]])
    frames = tf.tile(identity, (tf.shape(images)[0], 1))
    return {**features(batch, training=False), "frames": frames}


def _moved(features: Features, batch: Any, key: Any) -> dict[str, Any]:
    labeled = isinstance(batch, dict)
    moved, frames = moved_images(batch["image"] if labeled else batch, key)
    batch = {**batch, "image": moved} if labeled else moved
    return {
        **features(batch, training=False),
        "frames": tf.reshape(frames, (-1, 6)),
    }


def _stacked(seen: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        name: tf.stack([one[name] for one in seen], axis=1) for name in seen[0]
    }
