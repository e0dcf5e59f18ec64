"""Reads what `fit` is handed: images, their labels, or kept features."""

import dataclasses
from typing import Any, NamedTuple

import tensorflow as tf

from tf_explainer.attachment import Attachment
from tf_explainer.features.batches import (
    evenly_spaced,
    feature_batches,
    has_views,
    is_batched,
    is_features,
    kept_examples,
    labeled_features,
)
from tf_explainer.features.cache import tell_features
from tf_explainer.features.epoch_draws import EpochDraws
from tf_explainer.features.image_checks import finite_images, nan_unless
from tf_explainer.features.images import elements_of, image_batches
from tf_explainer.features.labels import add_labels, labeled_batches
from tf_explainer.features.sources import holds_labels, image_source
from tf_explainer.features.value_range import ValueRange
from tf_explainer.features.views import pair_of_views


class ExampleReader:
    """Turns what a user hands in into batches that an explainer learns from.

    Args:
        attachment: The performer, taken apart.
        categories: Number of categories of the performer.
        labeled: Whether true labels are asked for.
        paired: Whether a lesson is an image beside a moved view of it.

    Attributes:
        values: Notices images that were scaled before.
    """

    def __init__(
        self,
        attachment: Attachment,
        categories: int,
        labeled: bool,
        paired: bool,
    ) -> None:
        self.attachment = attachment
        self.run = attachment.features
        self.categories = categories
        self.labeled = labeled
        self.paired = paired
        self.values = ValueRange(attachment)

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Shape of one image."""
        return self.run.input_shape[1:]

    def examples(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = None,
        name: str = "x",
        steps: int | None = None,
    ) -> tf.data.Dataset:
        """Returns features as they are, or batches of images.

        Args:
            x: Images, see `image_batches`; or kept features.
            y: Categories of the images, where labels are asked for.
            batch_size: Images in a batch; 32 if not given.
            name: What the messages call `x`.
            steps: Batches to take of images that do not say where they end.

        Raises:
            InputError: If the images or labels do not fit.
        """
        if is_features(x):
            return add_labels(x, y, self.categories) if self.labeled else x
        if self.labeled:
            return self._with_labels(x, y, batch_size, name, steps)
        batches = image_batches(x, batch_size, self.shape, name, steps)
        return self.values.watched(batches)

    def measured(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = None,
        name: str = "x",
        steps: int | None = None,
    ) -> tf.data.Dataset:
        """Returns `examples`, with labels wherever there are any.

        Args:
            x: See `examples`.
            y: Categories of the images; `None` if they come with them, or are
                not known.
            batch_size: See `examples`.
            name: See `examples`.
            steps: See `examples`.

        Raises:
            InputError: If the images or labels do not fit.
        """
        if is_features(x):
            known = self.labeled or y is not None
            return add_labels(x, y, self.categories) if known else x
        if y is None and not self.labeled:
            limit = elements_of(steps, batch_size or 32)
            x = image_source(x, name, limit, labeled=True)
            if not holds_labels(x):
                return self.examples(x, None, batch_size, name, steps)
        return self._with_labels(x, y, batch_size, name, steps)

    def _with_labels(
        self, x: Any, y: Any, size: int | None, name: str, steps: int | None
    ) -> tf.data.Dataset:
        batches = labeled_batches(
            x, y, self.categories, size, self.shape, name, steps
        )
        return self.values.watched(batches)

    def held_out(
        self, data: Any, batch_size: int | None, steps: int | None
    ) -> tf.data.Dataset:
        """Returns the examples of `validation_data`, see `measured`.

        Args:
            data: Images, alone or in a tuple; or a pair of images and labels.
            batch_size: Images in a batch; 32 if not given.
            steps: See `examples`.

        Raises:
            InputError: If the data do not fit.
        """
        x, y = (*data, None)[:2] if isinstance(data, tuple) else (data, None)
        return self.measured(x, y, batch_size, "validation_data", steps)

    def features(self, batch: Any) -> dict[str, Any]:
        """Returns the performer's features of a batch.

        Args:
            batch: Images, images with labels, or features.
        """
        if not isinstance(batch, dict):
            features = self.run(batch, training=False)
            # Of one batch by itself nobody has looked at the pixels.
            return nan_unless(finite_images(batch, features), features)
        if "image" not in batch:
            return batch
        if "labels" in batch:
            return labeled_features(self.run)(batch)
        return self.run(batch["image"], training=False)

    def lesson(self, batch: Any) -> dict[str, Any]:
        """Returns features to learn from; of images, with a new view of each.

        Args:
            batch: See `features`.
        """
        kept = isinstance(batch, dict) and "image" not in batch
        if kept or not self.paired:
            return self.features(batch)
        return pair_of_views(lambda one, **_: self.features(one), batch)


# Images that means settle on, and that tell how often a part is there.
ENOUGH = 1024


class Lessons(NamedTuple):
    """What an explainer learns from.

    Attributes:
        kept: Features of single images; `None` where the images change.
        batches: What a step takes.
        some: Features of as many images as constants and statistics want.
    """

    kept: tf.data.Dataset | None
    batches: tf.data.Dataset
    some: tf.data.Dataset


@dataclasses.dataclass(frozen=True)
class Reads:
    """How `fit` reads images; the fields are its arguments.

    Args:
        read: Reader of what is handed in.
        batch_size: Images in a batch.
        draws: What draws order and views.
        shuffle: Whether the order is new in each epoch.
        augmentation: What changes images, if anything does.
        memory_limit: GiB.
        disk_limit: GiB.
    """

    read: ExampleReader
    batch_size: int | None
    draws: EpochDraws
    shuffle: bool
    augmentation: Any
    memory_limit: float
    disk_limit: float

    def lessons(
        self,
        x: Any,
        y: Any,
        views: int,
        steps: int | None,
        callbacks: Any,
    ) -> Lessons:
        """Returns what to learn from; features are computed here, and kept.

        Args:
            x: See `fit`.
            y: See `fit`.
            views: Moved views of each image.
            steps: Batches to take of images that do not say where they end.
            callbacks: Those that are told how many features are computed.
        """
        read, kept = self.read, None
        examples = read.examples(x, y, self.batch_size, steps=steps)
        if self.augmentation is None:
            kept = examples = kept_examples(
                read.attachment,
                examples,
                views,
                self.draws.seed,
                memory_limit=self.memory_limit,
                disk_limit=self.disk_limit,
                tell=tell_features(callbacks),
            )
        batches = feature_batches(
            read.attachment,
            examples,
            self.batch_size,
            self.draws,
            self.shuffle,
            self.augmentation,
            views,
        )
        some = batches
        if not (is_features(x) and is_batched(x)):
            # A user's own batches may be others in each pass: all count.
            size = self.batch_size or 32
            some = evenly_spaced(batches, -(-ENOUGH // size))
        return Lessons(kept, batches, some.map(read.features))

    def held_out(
        self, data: Any, steps: int | None, views: int, callbacks: Any
    ) -> tf.data.Dataset | None:
        """Returns batches of features to validate on, or `None`.

        Args:
            data: `validation_data` of `fit`.
            steps: As of `lessons`.
            views: Moved views beside each image; kept features have their
                own, or none.
            callbacks: As of `lessons`.
        """
        if data is None:
            return None
        examples = self.read.held_out(data, self.batch_size, steps)
        if is_features(examples):
            views = int(views and has_views(examples))
        return feature_batches(
            self.read.attachment,
            examples,
            self.batch_size,
            views=views,
            memory_limit=self.memory_limit,
            disk_limit=self.disk_limit,
            tell=tell_features(callbacks),
        )
