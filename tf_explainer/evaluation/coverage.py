"""How many different parts the filters find."""

import numpy as np

from tf_explainer.evaluation import METRICS
from tf_explainer.evaluation.filter_skill import FilterSkill, filter_skill
from tf_explainer.evaluation.located_peaks import LocatedPeaks

FOUND = 0.2


@METRICS.register("coverage")
def coverage(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """Number of landmarks for which some live filter has a skill above 0.2.

    A filter stands for one landmark, the one that it tells best on `train`,
    so that a layer full of head finders covers the head and nothing else. Of
    the filters that stand for a landmark, the one with the highest skill on
    `train` must reach 0.2 on `test`: the best of many on `test` would be
    luck. A constant position covers nothing.

    Args:
        train: Peaks and landmarks that choose landmark, offset and filter.
        test: Peaks and landmarks that give the value.

    Returns:
        Count of landmarks; NaN if no live filter can be measured.
    """
    result = filter_skill(train, test)
    if not result.measured.any():
        return float("nan")
    return int(covered(result, result.test[None, result.measured])[0])


def covered(result: FilterSkill, skills: np.ndarray) -> np.ndarray:
    """Counts what is covered, once for each sample of the test images.

    Args:
        result: Says which filters are measured, on which landmark, and how
            well they tell it on `train`.
        skills: `(samples, measured filters)`, their skills on test images.

    Returns:
        Count of landmarks `(samples,)`, see `coverage`.
    """
    landmark = result.landmark[result.measured]
    order = np.argsort(-result.train[result.measured], kind="stable")
    _, first = np.unique(landmark[order], return_index=True)
    return (skills[:, order[first]] > FOUND).sum(axis=1)
