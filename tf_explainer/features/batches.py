"""What an explainer learns from: the performer's features, in batches."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from tf_explainer.attachment import Attachment
from tf_explainer.errors import InputError
from tf_explainer.features.cache import feature_cache
from tf_explainer.features.epoch_draws import EpochDraws
from tf_explainer.features.pairs import pairs_of_views, without_views
from tf_explainer.features.views import (
    features_of_views,
    moved_beside,
    numbered,
)


def feature_batches(
    attachment: Attachment,
    images: Any,
    batch_size: int | None = None,
    draws: EpochDraws | None = None,
    shuffle: bool = False,
    augmentation: Callable[[Any], Any] | None = None,
    views: int = 0,
    **kept: Any,
) -> tf.data.Dataset:
    """Returns batches of features, or of images where those change.

    With views a batch holds each of its images twice, as it is and moved,
    and the `frames` of both.

    Args:
        attachment: The performer, taken apart.
        images: Batches from `image_batches` or `labeled_batches`; or
            features that were kept before, from `Explainer.cached_features`.
        batch_size: Images in a batch; `None` means 32.
        draws: What draws views and order anew in each epoch; a callback of
            the training. `None` for batches that are not learned from.
        shuffle: Whether the order is new in each epoch.
        augmentation: Callable from a batch of images to a batch of images;
            the features then cannot be kept, and images are returned.
        views: Moved views of each image whose features are kept, too; with 0
            those that kept features hold are left out.
        **kept: See `feature_cache`.

    Raises:
        InputError: If the features do not fit the performer.
    """
    size, draws = batch_size or 32, draws or EpochDraws(0)
    if is_features(images):
        _check_features(attachment, images, augmentation)
        if is_batched(images) and not shuffle:
            return _own_batches(images, views, draws)
        single = images.unbatch() if is_batched(images) else images
        single = single if views else without_views(single)
        count = int(single.cardinality())
        return _batches(single, count, size, draws, shuffle)
    if augmentation is not None:
        labeled, batches = isinstance(images.element_spec, dict), images
        if shuffle:
            batches = _shuffled(batches, size, draws)
        batches = batches.map(_of_images(augmentation, labeled))
        # Moved here, not in the step: XLA knows no such operation.
        if views:
            batches = draws.keyed(batches).map(moved_beside)
        return batches.prefetch(2)
    features = kept_examples(attachment, images, views, draws.seed, **kept)
    count = int(features.cardinality())
    return _batches(features, count, size, draws, shuffle)


def kept_examples(
    attachment: Attachment,
    examples: tf.data.Dataset,
    views: int = 0,
    seed: int = 0,
    **kept: Any,
) -> tf.data.Dataset:
    """Returns features that are computed once; such as they are, if they are.

    Args:
        attachment: The performer, taken apart.
        examples: Features, or batches of images with labels or without.
        views: Moved views of each image, beside itself; 0 for none.
        seed: Seed of the views.
        **kept: See `feature_cache`.
    """
    if is_features(examples):
        return examples
    run = attachment.features
    if isinstance(examples.element_spec, dict):
        run = labeled_features(run)
    return kept_features(run, examples, views, seed, **kept)[0]


def kept_features(
    run: Any,
    batches: tf.data.Dataset,
    views: int = 0,
    seed: int = 0,
    **kept: Any,
) -> tuple[tf.data.Dataset, int]:
    """Returns `feature_cache` of images, or of several views of each.

    Args:
        run: Function of a batch to its features.
        batches: Batches of images.
        views: Moved views of each image, beside itself; 0 for none.
        seed: Seed of the views.
        **kept: See `feature_cache`.
    """
    if views:
        run = features_of_views(run, views, seed)
        batches = numbered(batches)
    return feature_cache(run, batches, **kept)


def labeled_features(features: Any) -> Callable[..., dict[str, Any]]:
    """Returns a function of a labeled batch to its features and labels.

    Args:
        features: `Attachment.features`.
    """

    def run(batch: Any, training: bool = False) -> dict[str, Any]:
        computed = features(batch["image"], training=training)
        return {**computed, "labels": batch["labels"]}

    return run


def is_features(data: Any) -> bool:
    """Whether data are the performer's features, not images.

    Args:
        data: What a user handed in.
    """
    return (
        isinstance(data, tf.data.Dataset)
        and isinstance(data.element_spec, dict)
        and "target" in data.element_spec
    )


def has_views(features: tf.data.Dataset) -> bool:
    """Whether kept features hold moved views of each image.

    Args:
        features: What `is_features` knows.
    """
    return "frames" in features.element_spec


def is_batched(features: tf.data.Dataset) -> bool:
    """Whether kept features come in batches.

    Args:
        features: What `is_features` knows.
    """
    rank = features.element_spec["target"].shape.rank
    return bool(rank == 4 + has_views(features))


def _shuffled(
    batches: tf.data.Dataset, size: int, draws: EpochDraws
) -> tf.data.Dataset:
    """Other batches of the same images, as many as before if it is known."""
    steps = batches.cardinality()
    mixed = draws.shuffled(batches.unbatch(), -1).batch(size)
    first = next(iter(batches.take(1)), None)
    if first is None or steps < 0:
        return mixed
    # Keras warns at the end of an epoch whose length it does not know.
    seen = len(tf.nest.flatten(first)[0])
    same = seen == size or (steps == 1 and seen < size)
    known = tf.data.experimental.assert_cardinality(steps)
    return mixed.apply(known) if same else mixed


def _of_images(augmentation: Any, labeled: bool) -> Any:
    if not labeled:
        return augmentation
    return lambda batch: {**batch, "image": augmentation(batch["image"])}


def _own_batches(
    features: tf.data.Dataset, views: int, draws: EpochDraws
) -> tf.data.Dataset:
    """Batches as they were made, of pairs or of the images alone."""
    if not has_views(features):
        return features
    if views:
        return draws.keyed(features).map(pairs_of_views)
    return without_views(features, batched=True)


def _check_features(
    attachment: Attachment, features: tf.data.Dataset, augmentation: Any
) -> None:
    if augmentation is not None:
        raise InputError(
            "`augmentation` changes images, but `x` holds features that were "
            "computed before; hand in the images."
        )
    wanted = {
        name: tuple(tensor.shape[1:])
        for name, tensor in attachment.features.output.items()
    }
    skipped = int(is_batched(features)) + int(has_views(features))
    received = {
        name: tuple(spec.shape[skipped:])
        for name, spec in features.element_spec.items()
        if name not in ("labels", "frames")
    }
    if received != wanted:
        raise InputError(
            "`x` must hold features of this performer and these layers, "
            f"{wanted}, as `cached_features` gives them; received {received}."
        )


def evenly_spaced(batches: tf.data.Dataset, least: int) -> tf.data.Dataset:
    """Returns every n-th batch, fewer than twice as many as are enough.

    Means over images settle on few of them, but not on the first: those may
    all be of one category.

    Args:
        batches: Any data set; all of it where it holds fewer than twice as
            many, or where its length is not known.
        least: How many are enough.
    """
    step = int(batches.cardinality()) // least
    return batches.shard(step, 0) if step > 1 else batches


def _batches(
    features: tf.data.Dataset,
    count: int,
    size: int,
    draws: EpochDraws,
    shuffle: bool,
) -> tf.data.Dataset:
    if shuffle:
        features = draws.shuffled(features, count)
    batches = features.batch(size)
    if has_views(features):
        batches = draws.keyed(batches).map(pairs_of_views)
    return batches.prefetch(2)
