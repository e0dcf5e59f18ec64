"""How a CNN's images and scores are read, told by its decisions."""

import dataclasses
import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.attachment.adapting import SCALES
from tf_explainer.datasets import PartDataset
from tf_explainer.training.comparison import Reading
from tf_explainer.training.readings import compare_readings

NAMES = ("ant", "bee", "cow", "dog", "elk")


@pytest.fixture
def compared(gray_cnn, gray_dataset):
    """Compares a perfect CNN; `order` says the category of each score."""

    def compare(order, head="softmax", scale="none", said="none", **more):
        dataset = gray_dataset(NAMES[: len(order)])
        given = Reading(dataset.categories, said)
        return compare_readings(
            gray_cnn(order, head, scale), dataset, given, **more
        )

    return compare


def named(order):
    """The classes of an order."""
    return tuple(NAMES[category] for category in order)


ORDERS = [
    *itertools.permutations(range(2)),
    *itertools.permutations(range(3)),
    *list(itertools.permutations(range(5)))[::24],
]


@pytest.mark.parametrize("head", ["softmax", "logits", "sigmoids"])
def test_every_order_is_named(compared, head):
    """No perfect CNN passes in a wrong order, nor is refused in its own."""
    for order in ORDERS:
        found = compared(order, head)
        assert found.best == Reading(named(order)) and found.best_right == 1
        right = np.mean(np.array(order) == range(len(order)))
        assert found.right == pytest.approx(right)
        assert found.fits == (right == 1) and not found.as_good
        assert found.likely == found.best


@pytest.mark.parametrize(("order", "fits"), [((0, 1), True), ((1, 0), False)])
def test_one_sigmoid(compared, order, fits):
    """Of the second category; of the first where that is the negative one."""
    found = compared(order, "sigmoid")
    assert found.fits == fits and found.best.classes == named(order)
    assert compared(order, "sigmoid", negative_category=1).fits != fits


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
@pytest.mark.parametrize("scale", ["none", "unit", "tf", "torch", "caffe"])
@pytest.mark.parametrize("said", ["none", "torch"])
def test_scale_and_order_together(compared, order, scale, said):
    """One line with both; a scale that does as well is named beside."""
    found = compared(order, scale=scale, said=said)
    near = {found.best.scale, *found.as_good}
    assert scale in near or found.best.scale == said
    assert found.best.classes == named(order) and found.best_right == 1
    assert found.fits == (order == (0, 1, 2) and found.best.scale == said)


def test_saturated_scores_are_doubted(gray_dataset):
    """Without biases a CNN decides alike on 0-255 and 0-1."""
    dataset = gray_dataset()
    split = dataset.splits["train"]
    images = np.zeros((len(split), 8, 8, 3), "uint8")
    images[np.arange(len(split)), ..., split.labels] = 90
    images = tf.data.Dataset.from_tensor_slices(images)
    split = dataclasses.replace(split, images=images)
    dataset = dataclasses.replace(dataset, splits={"train": split})
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(2, activation="softmax", use_bias=False),
        ]
    )
    model.set_weights([np.array([[20.0, 0.0], [0.0, 20.0], [0.0, 0.0]])])
    found = compare_readings(model, dataset, Reading(dataset.categories))
    assert found.fits and found.saturated and "unit" in found.as_good
    assert not found.doubts(scale_said=True)
    (line,) = found.doubts()
    assert "no doubt left" in line and "unit 100.0 %" in line
    said = Reading(dataset.categories, "unit")
    found = compare_readings(model, dataset, said)
    assert found.fits and not found.doubts()


def test_a_cnn_that_guesses_is_doubted(gray_cnn, gray_dataset):
    """Always one category: as often right as always the same is."""
    dataset = gray_dataset()
    model = gray_cnn((1, 0))
    model.layers[-1].set_weights([np.zeros((3, 2)), np.array([1.0, 0.0])])
    found = compare_readings(model, dataset, Reading(dataset.categories))
    (line,) = found.doubts()
    assert found.fits and "right on 50.0 % of 24 images of `train`" in line
    assert "little to explain" in line


def test_too_few_images_to_be_certain(gray_cnn, gray_dataset):
    """Of six, all wrong: it is said, and how they would be right."""
    dataset = gray_dataset(images=3)
    model = gray_cnn((1, 0))
    found = compare_readings(model, dataset, Reading(dataset.categories))
    below, likely = found.doubts()
    assert found.fits and "either its scores stand in another order" in below
    assert "order dog, cat and scale none it is right on 100.0 %" in likely
    assert found.likely == Reading(("dog", "cat"))


def test_images_are_bounded_and_even(gray_cnn, gray_dataset):
    """At most 512; of the rare category all that there are."""
    dataset = gray_dataset(images=400)
    train = dataset.splits["train"]
    kept = (train.labels == 0) | (np.arange(800) < 200)
    splits = {"train": train.part(kept)}
    dataset = PartDataset("gray", dataset.categories, (), splits)
    found = compare_readings(
        gray_cnn((0, 1)), dataset, Reading(dataset.categories)
    )
    assert found.images == 256 + 100
    assert found.chance == pytest.approx(256 / 356)


def test_what_cannot_be_compared(gray_cnn, gray_dataset):
    """Other outputs than categories, or no labels."""
    dataset = gray_dataset(("ant", "bee", "cow"))
    assert compare_readings(gray_cnn((0, 1)), dataset, Reading(NAMES)) is None
    unnamed = PartDataset("gray", (), (), dataset.splits)
    assert compare_readings(gray_cnn((0, 1)), unnamed, Reading(())) is None


@pytest.mark.parametrize(
    ("scale", "passes"), [("none", 1), ("caffe", len(SCALES))]
)
def test_scales_are_tried_where_something_is_wrong(
    gray_cnn, gray_dataset, scale, passes
):
    """Who is right sees the images once."""
    dataset, model = gray_dataset(), gray_cnn((0, 1), scale=scale)

    class Counting:
        outputs, seen = model.outputs, 0

        def __call__(self, images, training):
            self.seen += len(images)
            return model(images, training=training)

    counting = Counting()
    compare_readings(counting, dataset, Reading(dataset.categories))
    assert counting.seen == 24 * passes
