"""What an explainer learns from: images, kept features, views, labels."""

from typing import Any

import numpy as np
import tensorflow as tf
from keras import ops

from tf_explainer.config.schedule import Schedule
from tf_explainer.errors import InputError
from tf_explainer.features.batches import (
    has_views,
    is_features,
    labeled_features,
)
from tf_explainer.features.image_checks import (
    finite_images,
    nan_unless,
    told_faults,
)
from tf_explainer.features.images import image_batches
from tf_explainer.features.labels import add_labels, labeled_batches
from tf_explainer.features.views import pair_of_views


class Lessons:
    """Turns what `fit` is handed into batches of features.

    Mixed into `Explainer` under `Fitting`; kept apart so that each can be
    read in one sitting.
    """

    attachment: Any
    encoder: Any
    filter_losses: Any
    settings: Any
    _augmentation: Any = None

    def augment_features(self, augmentation: Any) -> None:
        """Trains on further views of the target feature from now on.

        The performer's upper layers, from the target on, run on each view;
        the trunk does not. Validation and calls see no further views. A
        filter loss that compares views would be told a wrong way that they
        moved: freeze the interpretable track before `fit` then.

        Args:
            augmentation: Callable from a batch of target features to a batch
                of the same shape, such as `MirrorShift(1)`; `None` ends it.
                With `learn_from="labels"` it must keep the categories.

        Raises:
            InputError: If a branch of the performer passes the target layer
                by, so that the target alone does not give the upper features.
        """
        if augmentation is not None and self.attachment.upper is None:
            raise InputError(
                "`augmentation` needs a performer whose upper layers read the "
                "target layer alone; a branch passes "
                f"{self.attachment.cut.target_layer!r} by."
            )
        # Behind a function, so that Keras does not save it with the model.
        self._augmentation = augmentation and (lambda maps: augmentation(maps))
        self._renew_train_function()

    def freeze_interpretable_track(self, ordinary_dropout: float = 0.0) -> None:
        """Stops the two interpretable conv-layers and `p` from learning.

        What is left to learn, the ordinary track and the decoder, then wins
        back accuracy without moving a part or taking its share. A saved
        explainer does not remember it: freeze it again before `fit`.

        Args:
            ordinary_dropout: Share of images that are learned from without
                the ordinary track from now on, see `TrackMixer`.
        """
        self.encoder.mixer.ordinary_dropout = ordinary_dropout
        for layer in (*self.encoder.interpretable, self.encoder.mixer):
            layer.trainable = False
        self._renew_train_function()

    def silence_filters(self, which: Any) -> None:
        """Lets filters of conv-interp-2 fire no more.

        Their share of the rebuilt feature is left to the ordinary track. If
        the interpretable track learns on, the optimizer may wake them.

        Args:
            which: bool `(filters,)`.

        Raises:
            InputError: If the shape is another one.
        """
        silent = ops.convert_to_tensor(which, "bool")
        conv = self.encoder.interp_2.conv
        if silent.shape != conv.bias.shape:
            raise InputError(
                f"`which` must have the shape {tuple(conv.bias.shape)}, "
                f"received {tuple(silent.shape)}."
            )
        for weight in (conv.kernel, conv.bias):
            weight.assign(ops.where(silent, ops.zeros_like(weight), weight))

    @property
    def _asks_for_labels(self) -> bool:
        return bool(self.settings.learn_from == "labels")

    def _examples(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = None,
        name: str = "x",
        steps: int | None = None,
    ) -> Any:
        """Features as they are, or batches of images.

        With their labels where the explainer learns from them.
        """
        categories = self.encoder.interp_1.categories
        if is_features(x):
            labeled = self._asks_for_labels
            return add_labels(x, y, categories) if labeled else x
        shape = self.attachment.features.input_shape[1:]
        if self._asks_for_labels:
            return labeled_batches(
                x, y, categories, batch_size, shape, name, steps
            )
        return image_batches(x, batch_size, shape, name, steps)

    @property
    def compares_views(self) -> bool:
        """Whether a filter loss compares moved views of each image."""
        return any(layer.reads_views for layer in self.filter_losses)

    def images_and_labels(
        self, data: Any, batch_size: int | None = None
    ) -> tuple[tf.data.Dataset, np.ndarray | None]:
        """Returns batches of images, and their labels if it learns from them.

        Args:
            data: As in `fit`.
            batch_size: Images in a batch; 32 if not given.

        Returns:
            Batches of images, and one-hot `(images, categories)` or `None`.

        Raises:
            InputError: See `fit`.
        """
        with told_faults():
            batches = self._examples(data, None, batch_size, "images")
            if not self._asks_for_labels:
                return batches, None
            labels = [batch["labels"].numpy() for batch in batches]
            images = batches.map(lambda batch: batch["image"])
            return images, np.concatenate(labels)

    def _held(
        self, held: Any, batch_size: int | None, steps: int | None
    ) -> Any:
        """Validation examples, with their labels where those are asked for."""
        pair = isinstance(held, tuple) and len(held) > 1
        x, y = held[:2] if pair else (held, None)
        return self._examples(x, y, batch_size, "validation_data", steps)

    def _views(self, x: Any, views: int | None) -> int:
        """How many moved views of each image are kept."""
        if views is not None and views < 0:
            raise InputError(f"`views` must be 0 or more, received {views}.")
        lacking = views == 0 or (is_features(x) and not has_views(x))
        if self.compares_views and lacking:
            kind = self.settings.filter_loss
            raise InputError(
                f"`filter_loss` {kind!r} compares views of each image: "
                "`views` must be 1 or more, in `fit` or in "
                "`cached_features`; received none."
            )
        return (
            Schedule().views * self.compares_views if views is None else views
        )

    def _lesson(self, x: Any) -> dict[str, Any]:
        """Features to learn from; of images, with a new view of each."""
        kept = isinstance(x, dict) and "image" not in x
        if kept or not self.compares_views:
            return self._features_of(x)
        return pair_of_views(lambda batch, **_: self._features_of(batch), x)

    def _features_of(self, x: Any) -> dict[str, Any]:
        if not isinstance(x, dict):
            features = self.attachment.features(x, training=False)
            # Of one batch by itself nobody has looked at the pixels.
            return nan_unless(finite_images(x, features), features)
        if "labels" in x and "image" in x:
            return labeled_features(self.attachment.features)(x)
        if "image" in x:
            return self.attachment.features(x["image"], training=False)
        return x

    def _augmented(self, features: dict[str, Any]) -> dict[str, Any]:
        if self._augmentation is None:
            return features
        learns = self.compares_views and self.encoder.interp_1.trainable
        if learns and "frames" in features:
            raise InputError(
                f"`filter_loss` {self.settings.filter_loss!r} compares views, "
                "which `augment_features` would move on: call "
                "`freeze_interpretable_track` first."
            )
        target = self._augmentation(ops.cast(features["target"], "float32"))
        return {
            **features,
            "target": target,
            **self.attachment.upper(target, training=False),
        }

    def _renew_train_function(self) -> None:
        if getattr(self, "train_function", None) is not None:
            self.make_train_function(force=True)  # type: ignore[attr-defined]
