"""How far the class scores are from the categories."""

from typing import Any

from keras import ops


def classification_loss(scores: Any, labels: Any, logits: bool = False) -> Any:
    """Returns the mean cross-entropy `-E log p(category)`, in nats.

    Args:
        scores: Class scores `(batch, classes)`; a single column is the
            probability of the positive one of two categories.
        labels: Categories, one-hot `(batch, classes)`; `(batch, 1)` for a
            single column, 1 for the positive category.
        logits: Whether the scores come before the softmax or sigmoid.

    Returns:
        A float32 scalar.

    Source:
        Zhang et al. 2018, section 4.1, the loss of Explainer+cls; the paper
        names it without a formula.
    """
    labels = ops.cast(labels, "float32")
    # Not cast where it is float32 already: Keras then finds the logits below
    # a softmax, and nothing is cut off at 1e-7.
    scores = (
        scores if scores.dtype == "float32" else ops.cast(scores, "float32")
    )
    if scores.shape[-1] == 1:
        losses = ops.binary_crossentropy(labels, scores, from_logits=logits)
    else:
        losses = ops.categorical_crossentropy(
            labels, scores, from_logits=logits
        )
    return ops.mean(losses)
