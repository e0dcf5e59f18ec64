"""Control: the mean position of one landmark."""

import numpy as np

from tf_explainer.errors import InputError
from tf_explainer.evaluation import CONTROLS
from tf_explainer.evaluation.constant_position import constant_position
from tf_explainer.evaluation.located_peaks import LocatedPeaks
from tf_explainer.evaluation.location_instability import location_instability


@CONTROLS.register("constant_mean")
def constant_mean(
    train: LocatedPeaks, test: LocatedPeaks, seed: int
) -> tuple[LocatedPeaks, LocatedPeaks]:
    """Filters that always fire at the mean position of the best landmark.

    Of the mean positions on `train`, one for each landmark, the control takes
    the one with the lowest location instability on `train`: the hardest
    constant of this kind to beat.

    Args:
        train: Images of the training split; their peaks are not used.
        test: Images of the test split; their peaks are not used.
        seed: Not used; all controls are called alike.

    Returns:
        `train` and `test` with constant peaks, one filter for each label.

    Raises:
        InputError: If no landmark is ever visible on `train`.
    """
    del seed
    seen = np.flatnonzero(train.visible.any(axis=0))
    if not len(seen):
        raise InputError("`train` must show a landmark, received none.")
    labels = np.unique(train.labels)
    means = [
        train.landmarks[train.visible[:, landmark], landmark].mean(axis=0)
        for landmark in seen
    ]
    scores = []
    for mean in means:
        constant = constant_position(train, mean, labels)
        scores.append(location_instability(constant, constant))
    best = means[int(np.argmin(np.nan_to_num(scores, nan=np.inf)))]
    return (
        constant_position(train, best, labels),
        constant_position(test, best, labels),
    )
