"""Annotated folders for whole runs."""

import csv

import pytest
from PIL import Image


@pytest.fixture(scope="session")
def annotate():
    """Function that writes `images/` and `annotations.csv` with heads."""

    def annotate(folder, rows):
        """Writes rows of `(pixels, category, split, place of the head)`."""
        (folder / "images").mkdir()
        with open(folder / "annotations.csv", "w", newline="") as file:
            table = csv.writer(file)
            table.writerow(["file", "category", "split", "head_y", "head_x"])
            for index, (pixels, category, split, place) in enumerate(rows):
                name = f"{index}.png"
                Image.fromarray(pixels).save(folder / "images" / name)
                table.writerow([name, category, split, *place])
        return folder

    return annotate
