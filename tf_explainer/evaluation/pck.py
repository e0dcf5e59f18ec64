"""Share of landmarks that a filter finds closely."""

import numpy as np

from tf_explainer.evaluation import METRICS
from tf_explainer.evaluation.filter_skill import FilterSkill, filter_skill
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
    near enough on centered images: read the number beside its controls.

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
    hits = pck_by_image(train, test)
    # Rounding must not lift a perfect share above 1.
    return min(float(hits.mean()), 1.0) if len(hits) else float("nan")


def pck_by_image(train: LocatedPeaks, test: LocatedPeaks) -> np.ndarray:
    """What each test image adds to `pck`, times the number of images.

    Args:
        train: Peaks and landmarks that choose landmark and offset.
        test: Peaks and landmarks that give the value.

    Returns:
        float64 `(images,)`, whose mean is `pck`; empty if no live filter can
        be measured.
    """
    result = filter_skill(train, test)
    if not result.measured.any():
        return np.empty(0)
    hits, visible = found_by_image(result, test)
    weight = len(test.labels) / (visible.sum(axis=0) * hits.shape[1])
    return hits @ weight


def found_by_image(
    result: FilterSkill, test: LocatedPeaks
) -> tuple[np.ndarray, np.ndarray]:
    """Returns where the measured filters find their landmark.

    Args:
        result: Landmark and offset of each filter.
        test: Peaks and landmarks that give the value.

    Returns:
        Two bool arrays `(images, measured filters)`: found closely; and the
        landmark visible.
    """
    filters = np.flatnonzero(result.measured)
    visible = test.visible[:, result.landmark[filters]]
    error = result.squared_errors(test)[0][:, filters]
    # Both sides of the image have length 1, so its diagonal is √2.
    return visible & (error <= 2 * NEAR**2), visible
