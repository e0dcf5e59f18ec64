"""Whether the performer of an explainer is read as it was trained."""

import warnings
from typing import Any

from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.positive_category import positive_category
from tf_explainer.training.compare_readings import compare_readings
from tf_explainer.training.comparison import Comparison, Reading


def check_explainer_reading(
    explainer: Explainer, dataset: PartDataset | Any, batch_size: int = 32
) -> None:
    """Compares the performer's decisions with the labels of some images.

    What is no error and still to be said is a `UserWarning`. Where the
    performer has other outputs than the data set has categories, there is
    nothing to compare.

    Args:
        explainer: An explainer of the performer.
        dataset: Images with their labels; of anything but a `PartDataset`
            the categories have no names, and nothing is compared.
        batch_size: Images in a batch.

    Raises:
        InputError: If another order of the performer's scores, or another
            scale of its images, is clearly better.
    """
    if not hasattr(dataset, "splits"):
        return
    negative = explainer.settings.negative_category
    names = tuple(getattr(dataset, "categories", ()))
    if explainer.performer.outputs[0].shape[-1] == 1 and len(names) == 2:
        positive = positive_category(negative)
        names = (names[1 - positive], names[positive])
    found = compare_readings(
        explainer.performer, dataset, Reading(names), negative, batch_size
    )
    if found is None:
        return
    if not found.fits:
        raise InputError(_better(found, dataset))
    for line in found.doubts():
        warnings.warn(line, stacklevel=3)


def _better(found: Comparison, dataset: PartDataset) -> str:
    background = dataset.negative_category
    negative = (
        "" if background is None else f", with negative_category={background}"
    )
    return (
        f"`explainer.performer` {found.told} with classes="
        f"{found.best.classes}, scale={found.best.scale!r}"
        f"{found.others_told}: give Explainer.from_performer what "
        "tf_explainer.explainer.adapt_performer(performer, dataset, classes, "
        f"scale) makes of it{negative}. `compare=False` takes it as it is."
    )
