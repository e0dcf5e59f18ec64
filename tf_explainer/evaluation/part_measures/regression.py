"""Landmarks told from the places of all parts together."""

import numpy as np

from tf_explainer.evaluation.metrics.landmarks import mean_points, measurable
from tf_explainer.evaluation.peaks import LocatedPeaks

# Of the penalty, beside places of deviation 1 in some hundred images.
_STRENGTHS = np.logspace(-2, 4, 7)


def regression_error(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """Returns the error of landmarks told from parts, by that of a constant.

    Each landmark is a linear function of the places of all parts, by ridge
    regression on the `train` images that show it, with the strength that is
    best there with each image left out in turn. An absent part counts as
    being at its mean place. The error is the distance to the landmark, in
    fractions of the image, summed over the landmarks that `test` shows; so is
    that of the landmark's mean place on `train`, by which it is divided.

    It rewards finding the object alone, without its parts: read it last.

    Args:
        train: Places of parts and landmarks to learn from.
        test: Those that give the value.

    Returns:
        0 perfect, 1 as bad as the mean places; NaN if no landmark can be
        measured.

    Source:
        Choudhury et al. 2021, "Unsupervised part discovery from contrastive
        reconstruction", who normalize by the object's box.
    """
    from sklearn.linear_model import RidgeCV

    seen, asked = _standardized(train, test)
    means = mean_points(train)
    error = constant = 0.0
    for landmark in np.flatnonzero(measurable(train) & measurable(test)):
        taught = train.visible[:, landmark]
        shown = test.visible[:, landmark]
        away = train.landmarks[taught, landmark] - means[landmark]
        model = RidgeCV(_STRENGTHS)
        model.fit(seen[taught], away)
        truth = test.landmarks[shown, landmark] - means[landmark]
        missed = truth - model.predict(asked[shown])
        error += float(np.linalg.norm(missed, axis=1).sum())
        constant += float(np.linalg.norm(truth, axis=1).sum())
    return error / constant if constant else float("nan")


def _standardized(
    train: LocatedPeaks, test: LocatedPeaks
) -> tuple[np.ndarray, np.ndarray]:
    """Places of both splits, `(images, 2 parts)`, at mean 0, deviation 1."""
    flat = [
        one.peaks.positions.reshape(len(one.labels), -1).astype(np.float64)
        for one in (train, test)
    ]
    there = ~np.isnan(flat[0])
    count = np.maximum(there.sum(axis=0), 1)
    mean = np.sum(flat[0], axis=0, where=there) / count
    square = np.sum((flat[0] - mean) ** 2, axis=0, where=there) / count
    # A place that never moves says nothing, however its rounding is blown up.
    scale = np.maximum(np.sqrt(square), 1e-3)
    seen, asked = (np.nan_to_num((one - mean) / scale) for one in flat)
    return seen, asked
