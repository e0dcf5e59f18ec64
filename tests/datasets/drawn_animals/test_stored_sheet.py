"""Drawings stay what they are, from version to version and machine to machine.

Run this file as a program to store the sheet anew, and raise the builder's
`VERSION` with it: files on users' disks are kept by version.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from tf_explainer.datasets import draw_animal
from tf_explainer.datasets.drawn_animals import CATEGORIES

SHEET = Path(__file__).with_name("stored_sheet.png")
SIZE, COLUMNS = 32, 6


def draw_sheet():
    """Returns a row of small drawings for each category."""
    rows = [
        np.hstack(
            [
                draw_animal(100 * row + column, category, SIZE).image
                for column in range(COLUMNS)
            ]
        )
        for row, category in enumerate(CATEGORIES)
    ]
    return np.vstack(rows)


def test_equals_stored_sheet():
    """But for rounding: sines differ in the last digits between machines."""
    stored = np.asarray(Image.open(SHEET)).astype(int)
    drawn = draw_sheet().astype(int)
    assert drawn.shape == stored.shape
    apart = np.abs(drawn - stored).max(axis=-1)
    # A rounded coordinate may fall to the other side at an edge.
    assert (apart > 2).mean() < 0.001


if __name__ == "__main__":
    Image.fromarray(draw_sheet()).save(SHEET, optimize=True)
