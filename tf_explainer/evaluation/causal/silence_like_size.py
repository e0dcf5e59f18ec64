"""Whether a filter falls silent without its part, fair to the part's size."""

import numpy as np

from tf_explainer.evaluation.causal.drawn_cases import DrawnCases
from tf_explainer.evaluation.causal.silence import silence

# Parts of such different sizes are still compared.
TIMES = 2


def silence_like_size(
    cases: DrawnCases,
    before: np.ndarray,
    after: np.ndarray,
    standing: np.ndarray,
    counts: np.ndarray | None = None,
) -> np.ndarray:
    """Returns `silence` among parts of like size, smaller and larger ones.

    The filter's own part is compared with parts of at least half and at most
    twice its share of the animal. Those that are smaller and those that are
    larger count the same, however many there are: the torso is mostly the
    larger one of a pair and the muzzle the smaller one, so that a filter that
    counts the animal's pixels would be right about the torso even so. It gets
    a half here, whatever it stands for: a half is chance. Parts of exactly
    the same share are left out.

    Args:
        cases: What was removed from which image.
        before: float `(images, filters)`, peak strengths in whole images.
        after: float `(cases, filters)`, without the part.
        standing: int `(filters,)`, the part of each filter, -1 for none.
        counts: float `(..., images)`, how often each animal counts; once each
            by default.

    Returns:
        float64 `(..., filters)`, in [0, 1]; NaN where no smaller or no larger
        part is of like size.

    Source:
        Ours.
    """
    own, other = cases.shares[:, None], cases.shares[None]
    like = np.maximum(own, other) <= TIMES * np.minimum(own, other)
    smaller, larger = (
        silence(cases, before, after, standing, counts, like & side)
        for side in (other < own, other > own)
    )
    return (smaller + larger) / 2
