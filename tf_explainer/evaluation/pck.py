"""Share of landmarks that a filter finds closely."""

import numpy as np

from tf_explainer.evaluation import METRICS
from tf_explainer.evaluation.filter_skill import filter_skill
from tf_explainer.evaluation.image_ratios import ImageRatios
from tf_explainer.evaluation.located_peaks import LocatedPeaks

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
