"""A folder of gray images, and results of few numbers."""

import csv

import numpy as np
import pytest
from PIL import Image

from tf_explainer.evaluation import result as of_results


@pytest.fixture
def gray_folder(tmp_path):
    """Twenty-four gray images of a dark, a bright category, and neither."""
    (tmp_path / "data" / "images").mkdir(parents=True)
    with open(tmp_path / "data" / "annotations.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "category", "split"])
        for index in range(24):
            category = ("cat", "background")[index % 2]
            image = np.full((20, 20, 3), 40 + 150 * (index % 2), "uint8")
            name = f"{index}.png"
            Image.fromarray(image).save(tmp_path / "data" / "images" / name)
            split = "train" if index < 20 else "test"
            table.writerow([name, category, split])
    return tmp_path / "data"


@pytest.fixture
def few_numbers(monkeypatch):
    """Results of a test hold what is told, and not all that the schema asks."""
    monkeypatch.setattr(of_results, "validate_result", lambda found: None)
