"""Claims about drawn parts by the parts that an explainer found itself."""

from typing import Any

import numpy as np

from tf_explainer.datasets.drawn_animals import PART_NAMES
from tf_explainer.evaluation.causal import CLAIMS
from tf_explainer.evaluation.causal.claims import Claimed
from tf_explainer.evaluation.causal.erasing import part_regions


@CLAIMS.register("parts_by_removal")
def parts_by_removal(claimed: Claimed) -> np.ndarray:
    """The explainer: its own parts, by removal.

    Each of its parts' contribution, spread over its map, and summed over the
    pixels of the drawn part.

    Args:
        claimed: Images and explainer.

    Returns:
        float64 `(images, parts)`, in units of the explainer's own score; NaN
        of an explainer without parts.
    """
    return _spread(claimed, "removal")


@CLAIMS.register("parts_by_shapley")
def parts_by_shapley(claimed: Claimed) -> np.ndarray:
    """The explainer: its own parts, by Shapley values.

    As `parts_by_removal`.

    Args:
        claimed: Images and explainer.

    Returns:
        float64 `(images, parts)`, in units of the explainer's own score; NaN
        of an explainer without parts.
    """
    return _spread(claimed, "shapley")


def _spread(claimed: Claimed, kind: str) -> np.ndarray:
    explainer = claimed.explainer
    if not explainer.encoder.parts:
        return np.full((len(claimed.images), len(PART_NAMES)), np.nan)
    features = explainer.attachment.features(claimed.images, training=False)
    pieces = explainer.contributions(features, claimed.categories, kind=kind)
    maps: Any = explainer.encode(features).part_maps
    field = explainer.receptive_field
    masks = np.asarray(part_regions(maps[..., :-1], field))
    # A silent part is nowhere, and gives nothing.
    mass = np.maximum(masks.sum(axis=(1, 2)), 1e-12)
    density = np.asarray(pieces.parts) / mass
    return claimed.over_parts(np.einsum("bhwk,bk->bhw", masks, density))
