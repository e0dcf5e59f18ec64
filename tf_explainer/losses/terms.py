"""The terms of the objective beside the filter loss."""

from collections.abc import Mapping

from keras import ops

from tf_explainer.tensors import Features, Scalar, Scores, Tensor


def reconstruction_loss(
    rebuilt: Mapping[str, Tensor],
    features: Features,
    weights: Mapping[str, float | Scalar],
) -> Scalar:
    """Returns `sum_l lambda_l * E ‖x_l - x*_l‖²`.

    Args:
        rebuilt: Layer → decoder's feature `(batch, …)`.
        features: Layer → performer's feature of the same shape.
        weights: Layer → `lambda_l`, a scalar.

    Returns:
        A float32 scalar.

    Examples:
        >>> import numpy as np
        >>> rebuilt = {"fc6": np.zeros((2, 4), "float32")}
        >>> features = {"fc6": np.ones((2, 4), "float32")}
        >>> float(reconstruction_loss(rebuilt, features, {"fc6": 0.25}))
        1.0

    Source:
        Zhang et al. 2018, equation 1, first term.
    """
    return sum(
        weights[layer]
        * ops.mean(squared_error(rebuilt[layer], features[layer]))
        for layer in rebuilt
    )


def squared_error(rebuilt: Tensor, feature: Tensor) -> Tensor:
    """Returns `‖x - x*‖²` of each image, float32 `(batch,)`.

    Args:
        rebuilt: Tensor `(batch, …)`.
        feature: Tensor of the same shape.
    """
    difference = ops.cast(rebuilt, "float32") - ops.cast(feature, "float32")
    return squared_norm(difference)


def squared_norm(feature: Tensor) -> Tensor:
    """Returns `‖x‖²` of each image, float32 `(batch,)`.

    Args:
        feature: Tensor `(batch, …)`.
    """
    squares = ops.square(ops.cast(feature, "float32"))
    return ops.sum(squares, axis=tuple(range(1, len(feature.shape))))


def track_share_loss(logit: Scalar, eta: float) -> Scalar:
    """Returns `-eta * log p` with `p = sigmoid(logit)`.

    Args:
        logit: Scalar tensor, logit of `p`.
        eta: Weight, in units of the reconstruction loss.

    Returns:
        A float32 scalar, zero or above.

    Examples:
        >>> round(float(track_share_loss(0.0, eta=1.0)), 3)  # p = 0.5
        0.693

    Source:
        Zhang et al. 2018, equation 1, second term.
    """
    return eta * ops.softplus(-ops.cast(logit, "float32"))


def classification_loss(
    scores: Scores, labels: Scores, logits: bool = False
) -> Scalar:
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
