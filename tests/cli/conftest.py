"""Annotated folders for whole runs, and one run."""

import csv
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

SIZE = 48
OPTIONS = [
    *("--image-size", str(SIZE), "--performer-epochs", "2"),
    *("--epochs", "4", "--batch-size", "10"),
]


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


def _draw(category, rng):
    """A bright ring or cross (the head) on a noisy ground, and its place."""
    image = rng.integers(0, 90, (SIZE, SIZE, 3))
    row, column = rng.integers(10, SIZE - 10, 2)
    down, right = np.indices((SIZE, SIZE)) - [[[row]], [[column]]]
    far, across = np.hypot(down, right), np.minimum(abs(down), abs(right)) < 2
    shape = abs(far - 6) < 2 if category == "ring" else across & (far < 8)
    image[shape] = 230
    return image.astype("uint8"), (row / SIZE, column / SIZE)


@pytest.fixture(scope="session")
def animals(tmp_path_factory, annotate):
    """An annotated folder of 60 images."""
    rng, rows = np.random.default_rng(0), []
    for index in range(60):
        category = ("ring", "cross")[index % 2]
        image, place = _draw(category, rng)
        rows.append((image, category, "train" if index < 40 else "test", place))
    return annotate(tmp_path_factory.mktemp("animals"), rows)


@pytest.fixture(scope="session")
def finished(animals, tmp_path_factory):
    """The `--out` folder of a run that went through, and what it printed."""
    out = tmp_path_factory.mktemp("runs") / "tiny"
    words = ["run", "--data", animals, "--out", out, *OPTIONS]
    done = subprocess.run(
        [sys.executable, "-m", "tf_explainer", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return out, done
