"""No category is told by color, place or background alone."""

import numpy as np
import pytest

from tf_explainer.datasets import draw_animal
from tf_explainer.datasets.drawn_animals import CATEGORIES

SIZE, TRAIN, TEST = 48, 900, 600
CHANCE = 1 / len(CATEGORIES)


@pytest.fixture(scope="module")
def drawings():
    """Consecutive seeds, so that the categories are balanced."""
    return [draw_animal(seed, size=SIZE) for seed in range(TRAIN + TEST)]


def mean_color(drawing):
    """Mean and spread of each channel over the image."""
    pixels = drawing.image.reshape(-1, 3) / 255
    return np.concatenate([pixels.mean(axis=0), pixels.std(axis=0)])


def color_histogram(drawing):
    """Share of pixels in each of 64 boxes of colors."""
    boxes = (drawing.image // 64).reshape(-1, 3) @ [16, 4, 1]
    return np.bincount(boxes, minlength=64) / boxes.size


def animal_color(drawing):
    """Mean color of the animal's own pixels."""
    seen = drawing.part_map > 0
    return drawing.image[seen].mean(axis=0) / 255


def place(drawing):
    """Center of the animal."""
    return np.argwhere(drawing.part_map > 0).mean(axis=0) / SIZE


def background(drawing):
    """Colors of a coarse image, with the animal painted grey."""
    image = drawing.image / 255
    image[drawing.part_map > 0] = 0.5
    image = image.reshape(4, SIZE // 4, 4, SIZE // 4, 3).mean(axis=(1, 3))
    # The four corners: further in, the hole has the animal's shape.
    return image[[0, 0, 3, 3], [0, 3, 0, 3]].ravel()


def facing(drawing):
    """Side of the head beside the rest, and the mirror of nothing else."""
    columns = np.argwhere(drawing.part_map > 0)[:, 1]
    return np.array([np.median(columns) - columns.mean()]) / SIZE


@pytest.mark.parametrize(
    "feature",
    [mean_color, color_histogram, animal_color, place, background, facing],
)
def test_linear_classifier_is_near_chance(drawings, feature):
    """Ridge regression to one-hot labels, trained and tested apart."""
    values = np.array([feature(drawing) for drawing in drawings])
    values = values - values[:TRAIN].mean(axis=0)
    values = values / (values[:TRAIN].std(axis=0) + 1e-6)
    values = np.hstack([values, np.ones((len(values), 1))])
    labels = np.array([CATEGORIES.index(d.category) for d in drawings])
    targets = np.eye(len(CATEGORIES))[labels]
    square = values[:TRAIN].T @ values[:TRAIN] + np.eye(values.shape[1])
    weights = np.linalg.solve(square, values[:TRAIN].T @ targets[:TRAIN])
    guessed = (values[TRAIN:] @ weights).argmax(axis=1)
    accuracy = (guessed == labels[TRAIN:]).mean()
    assert accuracy < CHANCE + 0.12


def test_both_sides(drawings):
    """As many animals look to the left as to the right, in each category."""
    head, tail = 0, -1
    for category in CATEGORIES:
        looks = [
            d.landmarks[head, 1] > d.landmarks[tail, 1]
            for d in drawings
            if d.category == category
            and np.isfinite(d.landmarks[[head, tail], 1]).all()
        ]
        assert len(looks) > 100
        assert 0.4 < np.mean(looks) < 0.6
