"""What an explainer minimizes: equation 1 of the paper, term by term."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf
from keras import ops

from tf_explainer.attachment import Attachment
from tf_explainer.attachment.head import predicted_categories, squeezing_layer
from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.explainer.two_tracks import TwoTracks
from tf_explainer.losses import (
    FilterLoss,
    classification_loss,
    reconstruction_loss,
    track_share_loss,
)
from tf_explainer.losses.filter_loss import STATISTICS


class Objective:
    """The loss of an explainer.

    ```
    Loss = sum_l lambda_l * E ‖x_l - x*_l‖²   reconstruction of the features
         - eta * log p                        share of the interpretable track
         + score_weight * H(y*, y)            the decision (ours)
         + sum_f lambda_f * Loss_f            the filter losses
    ```

    The filter losses enter in the backward pass: each `FilterLoss` adds its
    gradient to the one that comes from above, and what it has seen leaves
    through a probe, so that one backward pass does it all.

    Args:
        attachment: The performer, taken apart.
        encoder: Its encoder, with the filter losses and `p`.
        decoder: From the encoder's output to the rebuilt features.
        reconstruction_weights: Layer → `lambda_l`, a scalar.
        settings: `eta`, `score_weight` and `learn_from`.

    Call arguments:
        features: A batch as `Attachment.features` gives it; with `labels`,
            one-hot, where the explainer learns from them.
        output: What the encoder made of it, see `Encoded`.
        measured: Whether decisions are compared with `labels`, if there are.

    Returns:
        The `loss` without the filter losses, its terms, `p`, the share of
        images for which explainer and performer agree (`agreement`), and
        what is measured, see `MEASURED`.

    Source:
        Zhang et al. 2018, equation 1. In Explainer+cls the classification
        loss takes the place of the reconstruction; the paper gives no weight
        for it, so it counts as it is, in nats. The score loss is ours: what
        decides is a small part of the features.
    """

    def __init__(
        self,
        attachment: Attachment,
        encoder: TwoTracks,
        decoder: keras.Model,
        reconstruction_weights: Mapping[str, Any],
        settings: ExplainerSettings,
    ) -> None:
        self.attachment = attachment
        self.encoder = encoder
        self.decoder = decoder
        self.reconstruction_weights = reconstruction_weights
        self.settings = settings

    @property
    def names(self) -> tuple[str, ...]:
        """What is told of each batch, under the names of the metrics."""
        names = ["loss", "reconstruction_loss", "p", "agreement"]
        names.append("part_loss" if self.encoder.parts else "filter_loss")
        if self.settings.score_weight:
            names.append("score_loss")
        if self.settings.learn_from != "features":
            names.append("classification_loss")
        return tuple(names)

    def __call__(
        self, features: Mapping[str, Any], output: Any, measured: bool = False
    ) -> dict[str, Any]:
        rebuilt = self.decoder(output, training=False)
        reconstruction = reconstruction_loss(
            rebuilt, features, self.reconstruction_weights
        )
        mixer = self.encoder.mixer
        share = track_share_loss(mixer.logit, self.settings.eta)
        last = rebuilt[self.attachment.cut.reconstructed_layers[-1]]
        scores = self.attachment.head(last, training=False)
        terms = {
            "loss": reconstruction + share,
            "reconstruction_loss": reconstruction,
            "p": mixer.p,
            "agreement": _agreement(scores, features["scores"]),
        }
        if self.settings.score_weight:
            terms["score_loss"] = self._score_loss(scores, features["scores"])
            terms["loss"] += self.settings.score_weight * terms["score_loss"]
        if self.settings.learn_from == "labels":
            terms["classification_loss"] = classification_loss(
                scores, features["labels"], self._are_logits
            )
            terms["loss"] = terms["classification_loss"] + share
        if measured and "labels" in features:
            terms |= _measured(scores, features)
        return terms

    @property
    def filter_losses(self) -> list[FilterLoss]:
        """The filter losses of conv-interp-1 and conv-interp-2."""
        return [layer.filter_loss for layer in self.encoder.interpretable]

    @property
    def compares_views(self) -> bool:
        """Whether a filter loss compares moved views of each image."""
        return any(layer.reads_views for layer in self.filter_losses)

    def probes(self) -> list[Any]:
        """Returns zeros whose gradients carry what the filter losses saw.

        There are none once the parts stand still: the filter losses then
        have nothing to train.
        """
        if not all(one.trainable for one in self.encoder.interpretable):
            return []
        shape = (STATISTICS, self.encoder.filters)
        return [tf.zeros(shape) for _ in self.filter_losses]

    def record(self, statistics: Sequence[Any]) -> Any:
        """Keeps what the probes brought out, and returns the filter loss.

        Args:
            statistics: Gradients of `probes`.

        Returns:
            Sum over both layers of the mean over their filters.
        """
        total = 0.0
        for layer, seen in zip(self.filter_losses, statistics, strict=False):
            layer.record(seen)
            total += ops.mean(seen[2])
        return total

    @property
    def _are_logits(self) -> bool:
        found = squeezing_layer(self.attachment.head)
        # The softmax of log-probabilities is what they are the logarithm of.
        return found is None or found.name == "log_softmax"

    def _score_loss(self, scores: Any, own: Any) -> Any:
        """Cross-entropy between the performer's scores and the rebuilt ones."""
        if self._are_logits:
            own = ops.softmax(ops.cast(own, "float32"))
        return classification_loss(scores, own, self._are_logits)


def _agreement(scores: Any, performer_scores: Any) -> Any:
    """Share of images for which both take the same category."""
    same = predicted_categories(scores) * predicted_categories(performer_scores)
    known = ops.all(ops.isfinite(performer_scores), axis=-1)
    return ops.mean(ops.where(known, ops.sum(same, axis=-1), float("nan")))


# Told of images whose categories are known.
MEASURED = ("performer_accuracy", "explainer_accuracy", "delta_error")


def _measured(scores: Any, features: Mapping[str, Any]) -> dict[str, Any]:
    """Shares of right decisions, and what is lost in percentage points."""
    true = predicted_categories(features["labels"])
    known = ops.all(ops.isfinite(features["scores"]), axis=-1)

    def right(decided: Any) -> Any:
        same = ops.sum(predicted_categories(decided) * true, axis=-1)
        return ops.mean(ops.where(known, same, float("nan")))

    performer, explainer = right(features["scores"]), right(scores)
    lost = 100.0 * (performer - explainer)
    return dict(zip(MEASURED, (performer, explainer, lost), strict=True))
