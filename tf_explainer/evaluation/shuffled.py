"""Control: the peaks of another image."""

import numpy as np

from tf_explainer.evaluation import CONTROLS
from tf_explainer.evaluation.exchanged_images import exchanged_images
from tf_explainer.evaluation.located_peaks import LocatedPeaks


@CONTROLS.register("shuffled")
def shuffled(
    train: LocatedPeaks, test: LocatedPeaks, seed: int
) -> tuple[LocatedPeaks, LocatedPeaks]:
    """The explainer's own peaks, each from another image of the category.

    Keeps where the filters like to fire, how strongly, and what they know of
    the category; takes away that they see this image. What skill is left is
    not that of parts.

    Args:
        train: Peaks and images of the training split.
        test: Peaks and images of the test split.
        seed: Seed of the exchange.

    Returns:
        `train` and `test` with exchanged peaks. An image that is alone in its
        category keeps its own.
    """
    generator = np.random.default_rng(seed)
    return _exchanged(train, generator), _exchanged(test, generator)


def _exchanged(
    located: LocatedPeaks, generator: np.random.Generator
) -> LocatedPeaks:
    source = exchanged_images(located.labels, generator)
    filters = np.arange(located.peaks.filters)
    return located.with_peaks(located.peaks.chosen(source, filters))
