"""What the performer takes each image for."""

from typing import Any

from keras import ops


def predicted_categories(scores: Any) -> Any:
    """Returns the category with the highest score, one-hot.

    Args:
        scores: Class scores `(batch, classes)`. A single column is the
            probability (after the sigmoid) of category 0, the object;
            category 1 is what is left, the background. That is the order of
            the labels in `PartDataset`, where the background is last.

    Returns:
        float32 `(batch, classes)`, at least two columns.
    """
    scores = ops.cast(scores, "float32")
    if scores.shape[-1] == 1:
        positive = ops.cast(scores > 0.5, "float32")
        return ops.concatenate([positive, 1 - positive], axis=-1)
    return ops.one_hot(ops.argmax(scores, axis=-1), scores.shape[-1])
