"""A few images of a split, by index."""

from collections.abc import Iterable

import numpy as np

from tf_explainer.datasets.part_split import PartSplit


def pick_images(
    split: PartSplit, indices: Iterable[int]
) -> dict[int, np.ndarray]:
    """Reads a split once and keeps the images asked for.

    Args:
        split: Where the images are.
        indices: Positions in the split.

    Returns:
        Index to uint8 image `(size, size, 3)`.
    """
    wanted = set(indices)
    if not wanted:
        return {}
    read = enumerate(split.images.take(max(wanted) + 1).as_numpy_iterator())
    return {index: image for index, image in read if index in wanted}
