"""Whether a filter's peak moves with the image."""

import numpy as np

from tf_explainer.errors import InputError
from tf_explainer.evaluation.filter_peaks import FilterPeaks
from tf_explainer.evaluation.views import Views


def filter_equivariance(
    before: FilterPeaks, after: FilterPeaks, views: Views
) -> np.ndarray:
    """Returns how well each filter's peak follows known shifts and flips.

    `1 - sum ||q - v(p)||^2 / sum ||p - v(p)||^2` over the images that fire
    the filter and in which its peak `p` stays inside the view; `v(p)` is
    where the view takes that place, `q` the peak found there. 1: the peak
    follows exactly; 0: it stays where it was, as a constant position does, or
    falls silent; below 0: it jumps elsewhere. Needs no landmarks.

    Args:
        before: Peaks in the images.
        after: Peaks in the views of the same images.
        views: The views.

    Returns:
        float64 `(filters,)`, no unit; NaN where a filter never fires inside a
        view.

    Raises:
        InputError: If the numbers of images or filters differ.
    """
    if before.strengths.shape != after.strengths.shape:
        raise InputError(
            "`before` and `after` must be of the same images and filters, "
            f"received {before.strengths.shape} and {after.strengths.shape}."
        )
    expected = views.points(before.positions)
    inside = ((expected >= 0) & (expected <= 1)).all(axis=-1)
    used = before.fires & inside
    # Silent in the view: as if it had stayed, so that silence gains nothing.
    found = np.where(after.fires[..., None], after.positions, before.positions)
    error, stayed = (
        np.sum(
            ((place - expected) ** 2).sum(axis=-1),
            axis=0,
            where=used,
            dtype=np.float64,
        )
        for place in (found, before.positions)
    )
    known = stayed > 0
    return np.where(known, 1 - error / np.where(known, stayed, 1.0), np.nan)
