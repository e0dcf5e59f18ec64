"""Control: a random place in every image."""

import numpy as np

from tf_explainer.evaluation import CONTROLS
from tf_explainer.evaluation.filter_peaks import FilterPeaks
from tf_explainer.evaluation.located_peaks import LocatedPeaks

FILTERS = 64


@CONTROLS.register("random")
def random_position(
    train: LocatedPeaks, test: LocatedPeaks, seed: int
) -> tuple[LocatedPeaks, LocatedPeaks]:
    """64 filters that fire at a place and strength drawn for each image.

    Args:
        train: Images of the training split; their peaks are not used.
        test: Images of the test split; their peaks are not used.
        seed: Seed of the draws.

    Returns:
        `train` and `test` with peaks uniform over the image.
    """
    generator = np.random.default_rng(seed)
    return _scattered(train, generator), _scattered(test, generator)


def _scattered(
    located: LocatedPeaks, generator: np.random.Generator
) -> LocatedPeaks:
    shape = (len(located.labels), FILTERS)
    positions = generator.random((*shape, 2), np.float32)
    strengths = 1 - generator.random(shape, np.float32)
    return located.with_peaks(FilterPeaks(positions, strengths))
