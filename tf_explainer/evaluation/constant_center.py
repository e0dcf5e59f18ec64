"""Control: the center of the image."""

import numpy as np

from tf_explainer.evaluation import CONTROLS
from tf_explainer.evaluation.constant_position import constant_position
from tf_explainer.evaluation.located_peaks import LocatedPeaks


@CONTROLS.register("constant_center")
def constant_center(
    train: LocatedPeaks, test: LocatedPeaks, seed: int
) -> tuple[LocatedPeaks, LocatedPeaks]:
    """Filters that always fire at the center of the image.

    Args:
        train: Images of the training split; their peaks are not used.
        test: Images of the test split; their peaks are not used.
        seed: Not used; all controls are called alike.

    Returns:
        `train` and `test` with constant peaks, one filter for each label.
    """
    del seed
    center, labels = np.array([0.5, 0.5]), np.unique(train.labels)
    return (
        constant_position(train, center, labels),
        constant_position(test, center, labels),
    )
