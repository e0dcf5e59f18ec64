"""What the performer takes each image for."""

from typing import Any

from keras import ops


def predicted_categories(
    scores: Any, negative_category: int | None = None
) -> Any:
    """Returns the category with the highest score, one-hot.

    A single column is the probability (after the sigmoid) of the positive
    one of two categories. That is category 1, as Keras trains it on labels 0
    and 1; unless category 1 is the negative one: where an object is told from
    the background, the background is last in the order of our labels, and
    the column speaks for category 0, the object.

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
        pair = [yes, 1 - yes] if negative_category == 1 else [1 - yes, yes]
        return ops.concatenate(pair, axis=-1)
    return ops.one_hot(ops.argmax(scores, axis=-1), scores.shape[-1])
