"""Small folders of images, one for each category."""

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def write():
    """Writer of images, each of one color that tells its place in the list."""

    def images(folder, *names):
        for number, name in enumerate(names):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            pixels = np.full((6, 9, 3), number, "uint8")
            Image.fromarray(pixels).save(path, "png")

    return images


@pytest.fixture
def animals(tmp_path, write):
    """Ten cats, five dogs and five backgrounds."""
    kinds = [("cat", 10), ("dog", 5), ("background", 5)]
    names = [f"{k}/{i}.png" for k, count in kinds for i in range(count)]
    write(tmp_path / "animals", *names)
    return tmp_path / "animals"
