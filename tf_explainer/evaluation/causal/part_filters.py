"""Claims of the explainer, trained and untrained."""

import numpy as np

from tf_explainer.evaluation.causal import CLAIMS
from tf_explainer.evaluation.causal.claimed import Claimed, over_standing


@CLAIMS.register("part_filters")
def part_filters(claimed: Claimed) -> np.ndarray:
    """Sum of the contributions of the filters that stand for a part.

    Args:
        claimed: Images and explainer.

    Returns:
        float64 `(images, parts)`, in units of the explainer's own score.

    Source:
        Zhang et al. 2018, figure 5.
    """
    pieces = claimed.explainer.contributions(claimed.images, claimed.categories)
    return over_standing(np.asarray(pieces.filters), claimed.standing)


@CLAIMS.register("untrained_filters")
def untrained_filters(claimed: Claimed) -> np.ndarray:
    """The same of an explainer with random filters.

    Args:
        claimed: Images and untrained explainer.

    Returns:
        float64 `(images, parts)`.
    """
    pieces = claimed.untrained.contributions(claimed.images, claimed.categories)
    return over_standing(np.asarray(pieces.filters), claimed.untrained_standing)
