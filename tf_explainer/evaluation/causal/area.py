"""The claim that large parts matter more."""

import numpy as np

from tf_explainer.evaluation.causal import CLAIMS
from tf_explainer.evaluation.causal.claimed import Claimed


@CLAIMS.register("area")
def area(claimed: Claimed) -> np.ndarray:
    """Share of the image that each part fills: what looks at no network says.

    Args:
        claimed: Images with part maps.

    Returns:
        float64 `(images, parts)`, in [0, 1].
    """
    pixels = claimed.part_maps[0].size
    return claimed.over_parts(np.ones(claimed.part_maps.shape) / pixels)
