"""Images beside one of their views, and each of the two alone again."""

import tensorflow as tf

from tf_explainer.tensors import Features, Tensor


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


def pairs_of_views(batch: Features, key: Tensor) -> dict[str, Tensor]:
    """Returns each image beside one of its moved views, chosen at random.

    Args:
        batch: Features of images, `(batch, views, …)`, the image as it is
            first.
        key: Seed of the choice, int32 `(2,)`.

    Returns:
        Tensors `(2 batch, …)`, see `joined_pairs`.
    """
    views, images = batch["frames"].shape[1], tf.shape(batch["frames"])[0]
    chosen = tf.random.stateless_uniform((images,), key, 1, views, tf.int32)
    first = views * tf.range(images)
    rows = tf.reshape(tf.stack([first, first + chosen], axis=1), (-1,))
    return {
        name: tf.gather(tf.reshape(value, (-1, *value.shape[2:])), rows)
        for name, value in batch.items()
    }


def joined_pairs(pairs: dict[str, Tensor]) -> dict[str, Tensor]:
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


def images_alone(batch: Features) -> Features:
    """Returns a batch of joined pairs without the views; others as they are.

    Args:
        batch: Features of images, or what `joined_pairs` returned.
    """
    if "frames" not in batch:
        return batch
    return {
        name: value[::2] for name, value in batch.items() if name != "frames"
    }
