"""Location instability, the source's measure, and the share found closely."""

import numpy as np

from tf_explainer.evaluation.metrics import METRICS
from tf_explainer.evaluation.metrics.categories import filter_category
from tf_explainer.evaluation.metrics.skills import filter_skill
from tf_explainer.evaluation.peaks import LocatedPeaks
from tf_explainer.evaluation.sampling import ImageRatios, mean_of_known

STRONGEST = 100


@METRICS.register("location_instability")
def location_instability(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """How far the distance between a filter's peak and a landmark varies.

    Standard deviation over the 100 images of the filter's category that fire
    it most, as a share of the image diagonal; mean over landmarks and live
    filters, see `filter_location_instability`. Lower is steadier, but a peak
    that never moves is steady too: read the number only beside its controls.

    Args:
        train: Not used; all measures are called alike.
        test: Peaks and landmarks of the test split.

    Returns:
        Share of the image diagonal; NaN if no live filter can be measured.

    Source:
        Zhang et al. 2018, section 4 and its tables 1, 5 and 6; the choice of
        images follows the MATLAB code the authors published for Zhang, Wu,
        Zhu, "Interpretable Convolutional Neural Networks", CVPR 2018.
    """
    del train
    values = filter_location_instability(test)[test.peaks.live]
    values = values[~np.isnan(values)]
    return float(values.mean()) if len(values) else float("nan")


def filter_location_instability(located: LocatedPeaks) -> np.ndarray:
    """Spread of each filter's distance to the landmarks.

    For one filter and one landmark: of the images of the filter's category
    in which the landmark is visible and the filter fires, take the 100 with
    the strongest peak; the value is the standard deviation (n - 1) of the
    distance between peak and landmark, divided by the image diagonal. The
    result is the mean over landmarks; a landmark with fewer than 2 such
    images is left out. A filter's category is the one with the highest mean
    peak strength, among those with any visible landmark (so never the
    background).

    Args:
        located: Peaks and landmarks of one split.

    Returns:
        float64 `(filters,)`, share of the image diagonal; NaN where no
        landmark can be measured.
    """
    result = np.full(located.peaks.filters, np.nan)
    category = filter_category(located)
    for label in np.unique(category[category >= 0]):
        filters = np.flatnonzero(category == label)
        images = np.flatnonzero(located.labels == label)
        result[filters] = _spread(located, images, filters)
    return result


def _spread(
    located: LocatedPeaks, images: np.ndarray, filters: np.ndarray
) -> np.ndarray:
    chosen = np.ix_(images, filters)
    order = np.argsort(-located.peaks.strengths[chosen], axis=0, kind="stable")
    positions = np.take_along_axis(
        located.peaks.positions[chosen], order[..., None], axis=0
    )
    spreads = [
        _deviation(positions - points[order])
        for points in np.moveaxis(located.landmarks[images], 1, 0)
    ]
    return mean_of_known(np.stack(spreads))


def _deviation(offsets: np.ndarray) -> np.ndarray:
    """Standard deviation of the distances, over axis 0, strongest first."""
    distance = np.linalg.norm(offsets.astype(np.float64), axis=-1) / 2**0.5
    used = ~np.isnan(distance)
    used &= used.cumsum(axis=0) <= STRONGEST
    count = used.sum(axis=0)
    mean = np.sum(distance, axis=0, where=used) / np.maximum(count, 1)
    squares = np.sum((distance - mean) ** 2, axis=0, where=used)
    deviation = np.sqrt(squares / np.maximum(count - 1, 1))
    return np.where(count >= 2, deviation, np.nan)


NEAR = 0.1


@METRICS.register("pck")
def pck(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """Share of test images in which a filter finds its landmark closely.

    Found is a landmark within a tenth of the image diagonal from the peak,
    moved by its mean offset on `train`; landmark, offset and the constant
    that stands in where the filter is silent are those of `filter_skill`.
    Each filter is measured over the images in which its landmark is visible,
    then the mean over live filters is taken. A constant position is often
    near enough on centered images: read the number beside that of the
    controls, for which the steadiest landmark counts.

    Args:
        train: Peaks and landmarks that choose landmark and offset.
        test: Peaks and landmarks that give the value.

    Returns:
        In [0, 1]; NaN if no live filter can be measured.

    Source:
        Yang and Ramanan 2013, "Articulated human detection with flexible
        mixtures of parts": percentage of correct keypoints, there relative
        to the object's box.
    """
    # Rounding must not lift a perfect share above 1.
    return float(np.minimum(pck_ratios(train, test).value, 1.0))


def pck_ratios(train: LocatedPeaks, test: LocatedPeaks) -> ImageRatios:
    """Returns `pck` as ratios of sums over the test images.

    Args:
        train: Peaks and landmarks that choose landmark and offset.
        test: Peaks and landmarks that give the value.

    Returns:
        Landmarks found, by landmarks visible, of the live filters that can
        be measured, which may be none.
    """
    result = filter_skill(train, test)
    filters = np.flatnonzero(result.measured)
    visible = test.visible[:, result.landmark[filters]]
    error = result.squared_errors(test)[0][:, filters]
    # Both sides of the image have length 1, so its diagonal is √2.
    hits = visible & (error <= 2 * NEAR**2)
    return ImageRatios(hits.astype(np.float64), visible.astype(np.float64))
