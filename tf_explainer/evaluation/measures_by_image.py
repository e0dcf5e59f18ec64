"""The numbers of a run that are sums over its test images."""

from tf_explainer.evaluation.filter_skill import skill_ratios
from tf_explainer.evaluation.image_ratios import ImageRatios
from tf_explainer.evaluation.observation import Observation
from tf_explainer.evaluation.pck import pck_ratios
from tf_explainer.evaluation.top_category import top_category


def measures_by_image(observation: Observation) -> dict[str, ImageRatios]:
    """Returns the measures that can be taken again on other images.

    Args:
        observation: What an explainer showed.

    Returns:
        `accuracy` of the explainer; its `agreement` with the performer; and,
        where they can be measured, `skill` and `pck` of `interp_2`.
    """
    labels = observation.splits["test"].labels
    explainer = top_category(observation.scores)
    performer = top_category(observation.performer_scores)
    located = observation.located("interp_2")
    measures = {
        "accuracy": ImageRatios.of_values(explainer == labels),
        "agreement": ImageRatios.of_values(explainer == performer),
        "skill": skill_ratios(*located),
        "pck": pck_ratios(*located),
    }
    return {
        name: measure
        for name, measure in measures.items()
        if measure.above.size
    }
