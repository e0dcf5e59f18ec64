"""Cases by hand."""

import numpy as np
import pytest

from tf_explainer.evaluation.causal.drawn_cases import DrawnCases


def made(image, part, shift=None, size=4, pixels=None):
    """Cases without a picture worth looking at.

    `pixels`: how many of its animal's pixels each case's part fills.
    """
    image, part = np.asarray(image), np.asarray(part)
    part_maps = np.zeros((image.max() + 1, size, size), np.uint8)
    for number in range(image.max() + 1) if pixels is not None else ():
        here = image == number
        filled = np.repeat(part[here] + 1, np.asarray(pixels)[here])
        part_maps[number].ravel()[: len(filled)] = filled
    count = len(part)
    blank = np.zeros((count, size, size, 3), np.uint8)
    return DrawnCases(
        images=np.zeros((image.max() + 1, size, size, 3), np.uint8),
        part_maps=part_maps,
        labels=np.zeros(image.max() + 1, int),
        image=image,
        part=part,
        removed=blank,
        moved=blank,
        shift=np.zeros((count, 2)) if shift is None else np.asarray(shift),
        pasted=blank,
        pasted_maps=blank[..., 0],
        has_paste=np.ones(count, bool),
    )


@pytest.fixture(scope="session")
def made_cases():
    """Maker of cases from images, parts and shifts."""
    return made
