"""The numbers of the paper's tables, and what rows are called."""

import csv
import dataclasses
import functools
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class PaperNumber:
    """One number that the paper prints.

    The paper's Table 2 prints the values of `p` for several categories under
    "Single" and those for one category under "Multi": its Table 4, where the
    averages agree with the categories, has them the other way round. Here
    both follow Table 4.

    Attributes:
        table: Number of the paper's table.
        measure: `location_instability` (share of the image's diagonal), `p`,
            `error` or `delta_error` (percentage points).
        data: `pascal_part` or `cub200_parts`.
        task: `single` or `multi`.
        category: Name of the category; `average` over all of them.
        performer: Name of the network.
        model: What was measured: `target_layer`, `top_conv`, `performer`,
            `explainer` or `explainer_cls`.
        value: The number.
        digits: Digits behind the point, as the paper prints it.
    """

    table: int
    measure: str
    data: str
    task: str
    category: str
    performer: str
    model: str
    value: float
    digits: int


@functools.cache
def paper_numbers() -> tuple[PaperNumber, ...]:
    """Returns the numbers of the Tables 1 to 7, in their order.

    Examples:
        >>> [
        ...     number.value
        ...     for number in paper_numbers()
        ...     if (number.table, number.performer) == (1, "vgg_16")
        ...     and (number.category, number.task) == ("average", "single")
        ... ]
        [0.139, 0.09]

    Source:
        Zhang et al. 2018, Tables 1–3 in section 4.1 and 4–7 in the appendix.
    """
    path = Path(__file__).with_name("paper_numbers.tsv")
    with open(path, newline="", encoding="utf-8") as file:
        _, *rows = csv.reader(file, delimiter="\t")
    return tuple(
        PaperNumber(
            int(table),
            measure,
            data,
            task,
            category,
            performer,
            model,
            float(v),
            len(v.partition(".")[2]),
        )
        for table, measure, data, task, category, performer, model, v in rows
    )


# In the order of the rows behind those of the paper.
MODEL_NAMES = {
    "performer": "performer",
    "target_layer": "target layer",
    "top_conv": "top conv-layer",
    "explainer": "explainer",
    "paper": "explainer, loss and schedule as printed",
    "explainer_cls": "Explainer+cls",
    "explainer_cls_predicted": "Explainer+cls without labels",
    "plain": "plain encoder, no masks or filter loss",
    "constant_center": "constant center",
    "constant_mean": "constant mean part",
    "random": "random position",
    "untrained": "untrained explainer",
    "shuffled": "shuffled images",
    "pca": "PCA of the target feature",
    "nmf": "NMF of the target feature",
}
"""Name of a model, baseline or control to its name in a table."""


def model_name(model: str, measure: str = "") -> str:
    """Returns the name of a row.

    Args:
        model: What was measured; unknown names stay as they are.
        measure: Name of the measure.
    """
    name = MODEL_NAMES.get(model, model)
    return f"{name}, Δ error" if measure == "delta_error" else name
