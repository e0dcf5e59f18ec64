"""How much of the class score passes through each part's filters."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf


def part_contributions(
    explainer: Any,
    batches: Iterable[Any],
    wanted: np.ndarray,
    standing: np.ndarray,
    landmark_names: Sequence[str],
) -> dict[str, Any]:
    """Returns the shares of the score of the category that is decided for.

    Args:
        explainer: A trained `Explainer`.
        batches: Images, or the performer's features of them.
        wanted: bool `(images,)`, which images count.
        standing: int `(filters,)`, the landmark that each filter stands for,
            -1 for none.
        landmark_names: Names in the order of the landmarks.

    Returns:
        `images`, their number; `parts`, landmark name to the share of the
        filters that stand for it; `other`, the share of all other filters;
        `ordinary`, that of the ordinary track, and `bias`, that of decoder
        and head. Shares are of the sum of the scores that
        `Explainer.contributions` takes apart, and add up to 1. Empty if no
        image counts or that sum is not above 0.

    Source:
        Zhang et al. 2018, Figure 5, which leaves `ordinary` and `bias` out.
    """
    filters, ordinary, bias = np.zeros(len(standing)), 0.0, 0.0
    start = 0
    for batch in batches:
        size = len(tf.nest.flatten(batch)[0])
        rows = wanted[start : start + size]
        start += size
        if rows.any():
            pieces = explainer.contributions(_some(batch, rows))
            filters += np.asarray(pieces.filters, np.float64).sum(axis=0)
            ordinary += float(np.sum(pieces.ordinary))
            bias += float(np.sum(pieces.bias))
    total = filters.sum() + ordinary + bias
    if not total > 0:
        return {}
    return {
        "images": int(wanted.sum()),
        "parts": {
            name: float(filters[standing == landmark].sum() / total)
            for landmark, name in enumerate(landmark_names)
        },
        "other": float(filters[standing < 0].sum() / total),
        "ordinary": ordinary / total,
        "bias": bias / total,
    }


def _some(batch: Any, rows: np.ndarray) -> Any:
    return tf.nest.map_structure(
        lambda part: tf.boolean_mask(part, rows), batch
    )
