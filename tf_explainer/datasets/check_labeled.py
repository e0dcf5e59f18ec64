"""What cannot be done with images alone."""

from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.errors import InputError


def check_labeled(dataset: PartDataset) -> None:
    """Refuses images of which nobody has told the categories.

    Args:
        dataset: Images to train a performer on, or to measure with.

    Raises:
        InputError: If there are no categories.
    """
    if not dataset.categories:
        raise InputError(
            "`dataset` must have categories to train a performer or to "
            f"measure, received {dataset.name!r} with images alone; sort them "
            "into one folder a category."
        )
