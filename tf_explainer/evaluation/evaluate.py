"""The numbers of an explainer, in one call."""

from typing import Any

from tf_explainer.evaluation.measure import measure
from tf_explainer.evaluation.observe import observe


def evaluate(
    explainer: Any, dataset: Any, batch_size: int = 32, seed: int = 0
) -> dict[str, Any]:
    """Measures an explainer on a data set.

    `measure(observe(...))`: call the two where the observation is wanted too.

    Args:
        explainer: A trained `Explainer`.
        dataset: A `PartDataset` whose labels are the performer's classes.
        batch_size: Images at a time; bounds the memory.
        seed: Seed of the untrained control, the random control and the
            bootstrap.

    Returns:
        JSON values, see `measure`.
    """
    return measure(observe(explainer, dataset, batch_size, seed), seed)
