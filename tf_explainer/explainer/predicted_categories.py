"""What the performer takes each image for."""

from typing import Any

from keras import ops

from tf_explainer.explainer.positive_category import positive_category


def predicted_categories(
    scores: Any, negative_category: int | None = None
) -> Any:
    """Returns the category with the highest score, one-hot.

    A single column is the probability, after the sigmoid, of the
    `positive_category` of two.

    Args:
        scores: Class scores `(batch, classes)`.
        negative_category: Index of the category that stands for "none of the
            objects", or `None`; see `ExplainerSettings`.

    Returns:
        float32 `(batch, classes)`, at least two columns.
    """
    scores = ops.cast(scores, "float32")
    if scores.shape[-1] == 1:
        yes = ops.cast(scores > 0.5, "float32")
        first = positive_category(negative_category) == 0
        pair = [yes, 1 - yes] if first else [1 - yes, yes]
        return ops.concatenate(pair, axis=-1)
    return ops.one_hot(ops.argmax(scores, axis=-1), scores.shape[-1])
