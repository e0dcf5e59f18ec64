"""What every test image adds to the numbers of a run."""

import numpy as np

from tf_explainer.evaluation.filter_skill import skill_by_image
from tf_explainer.evaluation.observation import Observation
from tf_explainer.evaluation.pck import pck_by_image
from tf_explainer.evaluation.top_category import top_category


def values_by_image(observation: Observation) -> dict[str, np.ndarray]:
    """Returns the measures that are means over test images, image by image.

    Args:
        observation: What an explainer showed.

    Returns:
        Measure to float64 `(test images,)`, whose mean is the measure:
        `accuracy` of the explainer; its `agreement` with the performer; and,
        where they can be measured, `skill` and `pck` of `interp_2`.
    """
    labels = observation.splits["test"].labels
    explainer = top_category(observation.scores)
    performer = top_category(observation.performer_scores)
    located = observation.located("interp_2")
    values = {
        "accuracy": explainer == labels,
        "agreement": explainer == performer,
        "skill": skill_by_image(*located),
        "pck": pck_by_image(*located),
    }
    return {
        name: value.astype(np.float64)
        for name, value in values.items()
        if len(value)
    }
