"""The term that asks the interpretable track to carry the prediction."""

from typing import Any

from keras import ops


def track_share_loss(logit: Any, eta: float) -> Any:
    """Returns `-eta * log p` with `p = sigmoid(logit)`.

    Args:
        logit: Scalar tensor, logit of `p`.
        eta: Weight, in units of the reconstruction loss.

    Returns:
        A float32 scalar, zero or above.

    Source:
        Zhang et al. 2018, equation 1, second term.
    """
    return eta * ops.softplus(-ops.cast(logit, "float32"))
