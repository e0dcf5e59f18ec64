"""One number for filters on images without landmarks, taken again and again."""

from typing import Any

import numpy as np

from tf_explainer.datasets.part_split import PartSplit
from tf_explainer.datasets.spread_evenly import spread_evenly
from tf_explainer.evaluation.consistency import filter_consistency
from tf_explainer.evaluation.filter_equivariance import filter_equivariance
from tf_explainer.evaluation.filter_peaks import FilterPeaks
from tf_explainer.evaluation.located_peaks import LocatedPeaks
from tf_explainer.evaluation.see_features import see_features
from tf_explainer.evaluation.views import Views

IMAGES = 256
APART = 0.1


class LandmarkFreeProxy:
    """Says how far filters behave like parts; calls cost no performer's run.

    A part's filter follows the image when it is shifted, scaled or mirrored
    (`filter_equivariance`), and it tells where other parts are, since parts
    keep their distances (`filter_consistency`). A finder of bright spots does
    the first alone, a filter that fires in a fixed place of each image
    neither. So the worse of the two counts, for each filter; pairs of filters
    that fire nearer than a tenth of the image to each other tell nothing, so
    that filters that all fire at one place gain nothing; and a dead filter
    counts 0, what a constant position gets, so that dying gains nothing.

    It says little about explainers that learned by the filter loss
    `equivariant`, the default: that loss asks for the very thing that is
    scored here, and among such explainers the number need not go along with
    skill at all, as it does among different filter losses. Worse, it rises as
    filters crowd on one large part, which is easy to follow, and falls as
    they spread over many: `benchmarks/results/leaderboard.md` has the
    correlations.

    Args:
        explainer: An `Explainer`; only its performer and cut are used.
        split: Images, of which up to 256 are taken, spread evenly; labels and
            landmarks are not read.
        batch_size: Images at a time.
        seed: Seed of the views.
    """

    def __init__(
        self,
        explainer: Any,
        split: PartSplit,
        batch_size: int = 32,
        seed: int = 0,
    ) -> None:
        kept = split.part(spread_evenly(len(split), IMAGES))
        size = split.images.element_spec.shape[0]
        self.batch_size = batch_size
        self._views = Views.draw(len(kept), seed, flip=True)
        self._before, self._after = (
            explainer.cached_features(shown.batch(batch_size))
            for shown in (kept.images, self._views.images(kept.images, size))
        )

    def __call__(self, explainer: Any) -> float:
        """Returns the mean over all filters of `by_filter`.

        Args:
            explainer: An explainer of the same performer and layers.

        Returns:
            In [-1, 1]; 1 perfect, 0 a constant position.
        """
        return float(self.by_filter(explainer).mean())

    def by_filter(self, explainer: Any) -> np.ndarray:
        """Returns the number of each filter of conv-interp-2.

        Args:
            explainer: An explainer of the same performer and layers.

        Returns:
            float64 `(filters,)`, in [-1, 1]; 0 where a filter is dead.
        """
        before, after = (
            see_features(explainer, features, self.batch_size).peaks
            for features in (self._before, self._after)
        )
        return proxy_by_filter(before, after, self._views)


def proxy_by_filter(
    before: FilterPeaks, after: FilterPeaks, views: Views
) -> np.ndarray:
    """Returns the worse of the two, see `LandmarkFreeProxy`.

    Args:
        before: Peaks in the images. Every other image gives offsets and
            constants of the consistency, the rest its value.
        after: Peaks in the views of the same images.
        views: The views.

    Returns:
        float64 `(filters,)`, in [-1, 1]; 0 where a filter is dead or alone.
    """
    follows = filter_equivariance(before, after, views)
    tells = filter_consistency(_half(before, 0), _half(before, 1), APART)
    known = before.live & ~np.isnan(follows) & ~np.isnan(tells)
    worse = np.minimum(np.where(known, follows, 0), np.where(known, tells, 0))
    return np.maximum(worse, -1)


def _half(peaks: FilterPeaks, first: int) -> LocatedPeaks:
    images = np.arange(first, len(peaks.strengths), 2)
    half = peaks.chosen(images, np.arange(peaks.filters))
    nothing = np.empty((len(images), 0, 2), np.float32)
    return LocatedPeaks(half, nothing, np.zeros(len(images), np.int32))
