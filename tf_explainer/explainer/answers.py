"""What is asked of an explainer, in one graph."""

import functools
from typing import Any

import tensorflow as tf
from keras import ops

from tf_explainer.explainer.class_scores import LogitHead
from tf_explainer.explainer.reading import outputs
from tf_explainer.explainer.score_pieces import Contributions, pieces_of_score
from tf_explainer.features.image_checks import finite_images, nan_unless


class Answers:
    """What an explainer says of images and scores, as one traced function.

    Args:
        explainer: An `Explainer`.
    """

    def __init__(self, explainer: Any) -> None:
        self._explainer = explainer
        self._logits_of = LogitHead(explainer.attachment.head)
        self._traced: dict[str, Any] = {}

    def __call__(
        self, images: Any, target: Any, against: Any, kind: str
    ) -> tuple[dict[str, Any], Contributions]:
        """Returns what a call tells, and the pieces of the score.

        Args:
            images: `(batch, H, W, C)`.
            target: int `(batch,)`, index of the class whose score it is; -1
                for the one that the performer decides for.
            against: int `(batch,)`, index of the class whose score is taken
                off; -1 for none.
            kind: See `Explainer.contributions`.

        Returns:
            A dictionary, see `explainer.reading.outputs`, with the `target`
            that was taken and the `performer_score` of the same question;
            and the pieces. All but the target is NaN for an image that is
            not finite.
        """
        self._logits_of.renew()
        if kind not in self._traced:
            shape = self._explainer.examples.shape
            index = tf.TensorSpec((None,), tf.int32)
            self._traced[kind] = tf.function(
                functools.partial(self.answer, kind=kind),
                [tf.TensorSpec((None, *shape), tf.float32), index, index],
                # It would take as long as all else, and finds nothing to do.
                autograph=False,
            )
        return self._traced[kind](
            tf.cast(images, tf.float32),
            tf.constant(target, tf.int32),
            tf.constant(against, tf.int32),
        )

    def answer(
        self, images: Any, target: Any, against: Any, kind: str
    ) -> tuple[dict[str, Any], Contributions]:
        """Does the same as a call, untraced, for a graph of the caller's.

        Args:
            images: As in a call.
            target: As in a call.
            against: As in a call.
            kind: As in a call.
        """
        explainer, classes = self._explainer, self._explainer.class_names
        features = explainer.attachment.features(images, training=False)
        # As in `predicted_categories`.
        decided = tf.argmax(features["scores"], axis=-1, output_type=tf.int32)
        target = ops.where(target < 0, decided, target)
        # Of -1 there is no column; `one_hot` would take the last in ONNX.
        columns = ops.arange(len(classes), dtype="int32")
        wanted, other = (
            ops.cast(index[:, None] == columns, "float32")
            for index in (target, against)
        )
        wanted = wanted - other
        encoded = explainer.encode(features)
        pieces, rebuilt = pieces_of_score(
            explainer, encoded, self._logits_of, wanted, kind
        )
        told = outputs(explainer, features, encoded, rebuilt)
        del told["reconstructions"]
        logits = self._logits_of(features[explainer.reconstructed_layers[-1]])
        own = ops.sum(logits * wanted, axis=-1)
        told["performer_score"] = own
        given = {k: v for k, v in pieces._asdict().items() if v is not None}
        finite = finite_images(images, features)
        told, given = nan_unless(finite, (told, given))
        missing = {"filters": ops.zeros(()), "together": ops.zeros(())}
        return {**told, "target": target}, Contributions(**missing | given)

    @property
    def copies(self) -> list[Any]:
        """Layers that hold copies of weights; they are what they are now."""
        self._logits_of.renew()
        return self._logits_of.copies
