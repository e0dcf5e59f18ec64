"""What an explainer learns from: the performer's features, in batches."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from tf_explainer.errors import InputError
from tf_explainer.performers import Attachment
from tf_explainer.performers.feature_cache import feature_cache
from tf_explainer.performers.image_batches import image_batches


def feature_batches(
    attachment: Attachment,
    images: Any,
    batch_size: int | None = None,
    shuffle: bool = False,
    augmentation: Callable[[Any], Any] | None = None,
    **kept: Any,
) -> tf.data.Dataset:
    """Returns batches of features, or of images where those change.

    Args:
        attachment: The performer, taken apart.
        images: See `image_batches`.
        batch_size: Images in a batch; `None` means 32.
        shuffle: Whether the order is new in each epoch.
        augmentation: Callable from a batch of images to a batch of images;
            the features then cannot be kept, and images are returned.
        **kept: See `feature_cache`.

    Raises:
        InputError: If the images do not fit the performer.
    """
    batches = image_batches(images, batch_size)
    _check_images(attachment, batches)
    size = batch_size or 32
    if augmentation is not None:
        if shuffle:
            batches = batches.unbatch().shuffle(1024).batch(size)
        return batches.map(augmentation).prefetch(2)
    features, count = feature_cache(attachment.features, batches, **kept)
    if shuffle:
        features = features.shuffle(max(min(count, 4096), 1))
    return features.batch(size).prefetch(2)


def _check_images(attachment: Attachment, images: tf.data.Dataset) -> None:
    wanted = attachment.features.input_shape[1:]
    received = images.element_spec.shape[1:]
    if not received.is_compatible_with(wanted):
        raise InputError(
            f"`x` must hold images of shape {tuple(wanted)}, as the "
            f"performer takes them; received {tuple(received)}."
        )
