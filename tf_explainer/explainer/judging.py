"""What an explainer's output costs, term by term."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from tf_explainer.attachment.head import (
    positive_category,
    predicted_categories,
    squeezing_layer,
)
from tf_explainer.losses import (
    classification_loss,
    reconstruction_loss,
    track_share_loss,
)

METRICS = ("loss", "reconstruction_loss", "filter_loss", "p", "agreement")


class Judging:
    """Loss terms and running means of an `Explainer`.

    Mixed into `Explainer`; kept apart so that the model can be read in one
    sitting.
    """

    attachment: Any
    decoder: Any
    encoder: Any
    settings: Any
    reconstruction_weights: Any
    reconstructed_layers: Any

    def loss_terms(self, features: Any, output: Any) -> dict[str, Any]:
        """Returns the loss without the filter loss, its terms, `p`, agreement.

        Args:
            features: A batch as `Attachment.features` gives it; with
                `labels`, one-hot, where the explainer learns from them.
            output: What the encoder made of it, see `Encoded`.

        Source:
            Zhang et al. 2018, equation 1; its third term enters in the
            backward pass, see `FilterLoss`. In Explainer+cls the
            classification loss takes the place of the first one; the paper
            gives no weight for it, so it counts as it is, in nats. The score
            loss is ours: what decides is a small part of the features.
        """
        rebuilt = self.decoder(output, training=False)
        reconstruction = reconstruction_loss(
            rebuilt, features, self.reconstruction_weights
        )
        mixer = self.encoder.mixer
        share = track_share_loss(mixer.logit, self.settings.eta)
        last = rebuilt[self.reconstructed_layers[-1]]
        scores = self.attachment.head(last, training=False)
        terms = {
            "loss": reconstruction + share,
            "reconstruction_loss": reconstruction,
            "p": mixer.p,
            "agreement": _agreement(scores, features["scores"]),
        }
        if self.settings.score_weight:
            terms["score_loss"] = self._score_loss(scores, features)
            terms["loss"] += self.settings.score_weight * terms["score_loss"]
        if self.settings.learn_from != "features":
            classification = self._classification_loss(scores, features)
            terms["classification_loss"] = classification
            terms["loss"] = classification + share
        return terms

    @property
    def metrics(self) -> list[Any]:
        """The running means that `fit` reports, under stable names."""
        return list(self._running_means.values())

    def _classification_loss(
        self, scores: Any, features: Mapping[str, Any]
    ) -> Any:
        negative = self.settings.negative_category
        if self.settings.learn_from == "labels":
            labels = features["labels"]
        else:
            labels = predicted_categories(features["scores"], negative)
        if scores.shape[-1] == 1:
            positive = positive_category(negative)
            labels = labels[:, positive : positive + 1]
        return classification_loss(
            scores, labels, _are_logits(self.attachment.head)
        )

    def _score_loss(self, scores: Any, features: Mapping[str, Any]) -> Any:
        """Cross-entropy between the performer's scores and the rebuilt ones."""
        logits, own = _are_logits(self.attachment.head), features["scores"]
        # A single score is always a probability, see `check_scores`.
        if logits:
            own = ops.softmax(ops.cast(own, "float32"))
        return classification_loss(scores, own, logits)

    def _make_metrics(self) -> None:
        names: tuple[str, ...] = METRICS
        if self.settings.score_weight:
            names = (*names, "score_loss")
        if self.settings.learn_from != "features":
            names = (*names, "classification_loss")
        self._running_means = {
            name: keras.metrics.Mean(name=name) for name in names
        }

    def _logged(self, values: Mapping[str, Any]) -> dict[str, Any]:
        trackers = {
            name: tracker
            for name, tracker in self._running_means.items()
            if name in values
        }
        for name, tracker in trackers.items():
            tracker.update_state(values[name])
        return {name: tracker.result() for name, tracker in trackers.items()}


def _are_logits(head: keras.Model) -> bool:
    found = squeezing_layer(head)
    # The softmax of log-probabilities is what they are the logarithm of.
    return found is None or found.name == "log_softmax"


def _agreement(scores: Any, performer_scores: Any) -> Any:
    """Share of images for which both take the same category."""
    same = predicted_categories(scores) * predicted_categories(performer_scores)
    known = ops.all(ops.isfinite(performer_scores), axis=-1)
    return ops.mean(ops.where(known, ops.sum(same, axis=-1), float("nan")))
