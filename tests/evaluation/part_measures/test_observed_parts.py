"""Part maps of a tiny explainer, observed with their controls."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from tf_explainer.datasets import draw_animal
from tf_explainer.datasets.drawn_animals import PART_NAMES
from tf_explainer.datasets.part_dataset import (
    PartDataset,
    PartSplit,
    spread_evenly,
)
from tf_explainer.errors import InputError
from tf_explainer.evaluation.causal.outlines import part_outlines
from tf_explainer.evaluation.controls import PART_CONTROLS
from tf_explainer.evaluation.observation import UNTRAINED
from tf_explainer.evaluation.observing import observe
from tf_explainer.evaluation.part_measures.agreement import label_agreement
from tf_explainer.evaluation.part_measures.observed import (
    EXPLAINER,
    ObservedParts,
)
from tf_explainer.evaluation.part_measures.reading import maps_of_pixels
from tf_explainer.evaluation.part_measures.rivals import part_controls
from tf_explainer.evaluation.result import measure, validate_result
from tf_explainer.evaluation.sources import SplitSource, target_batches
from tf_explainer.explainer import EncodedParts, Explainer
from tf_explainer.testing import toy_performer

PARTS = 3
CATEGORIES = ("cat", "cow")


class WithParts:
    """An explainer with part maps: channels of the target that compete."""

    def __init__(self, explainer, sharpness=20.0):
        self._explainer, self._sharpness = explainer, sharpness

    def __getattr__(self, name):
        return getattr(self._explainer, name)

    @property
    def encoder(self):
        """Says how many parts there are."""
        return types.SimpleNamespace(
            parts=PARTS, part_of_filter=np.zeros(0, int)
        )

    def encode(self, features):
        """What the explainer encodes, and part maps."""
        encoded = self._explainer.encode(features)
        logits = self._sharpness * features["target"][..., : PARTS + 1]
        return EncodedParts(
            *encoded, part_maps=ops.softmax(ops.cast(logits, "float32"))
        )

    def untrained(self, *args):
        """A twin that is less sure."""
        return WithParts(self._explainer.untrained(*args), 0.0)


def make_split(first, count):
    """Drawings of 32 pixels."""
    labels = np.arange(count, dtype=np.int32) % 2
    drawings = [
        draw_animal(first + index, CATEGORIES[label], 32)
        for index, label in enumerate(labels)
    ]
    return PartSplit(
        images=tf.data.Dataset.from_tensor_slices(
            np.stack([drawing.image for drawing in drawings])
        ),
        labels=labels,
        landmarks=np.stack([drawing.landmarks for drawing in drawings]),
        files=tuple(f"{first + index}.png" for index in range(count)),
    )


@pytest.fixture(scope="module")
def dataset():
    """Nineteen drawings."""
    splits = {"train": make_split(0, 12), "test": make_split(50, 7)}
    return PartDataset("drawn_animals", CATEGORIES, PART_NAMES, splits)


@pytest.fixture(scope="module")
def explainer(dataset):
    """Calibrated, and never trained."""
    keras.utils.set_random_seed(0)
    explainer = Explainer.from_performer(toy_performer(), preset="filters")
    explainer.calibrate(dataset.splits["train"].batches(6))
    return WithParts(explainer)


@pytest.fixture(scope="module")
def seen(dataset, explainer):
    """In batches of four."""
    return observe(explainer, dataset, 4)


def test_controls_stand_beside(seen, dataset):
    """Every one, of every image of both splits; no part count but one."""
    for name, split in seen.splits.items():
        assert set(split.parts) == {
            *(EXPLAINER, UNTRAINED),
            *PART_CONTROLS.names(),
        }
        for one, parts in split.parts.items():
            assert len(parts.presence) == len(dataset.splits[name])
            taught = one == "trained_on_landmarks"
            assert taught or parts.parts == PARTS
            shape = (len(dataset.splits[name]), len(PART_NAMES))
            assert parts.at_landmarks.shape == shape
    assert np.isnan(split.parts[UNTRAINED].places).all()
    shown = ~np.isnan(split.landmarks[..., 0])
    np.testing.assert_array_equal(
        split.parts[EXPLAINER].at_landmarks >= 0, shown
    )


def test_winners_of_each_landmark(seen, dataset, explainer):
    """The nearest of all pixels has the same winner, but at a border."""
    split = dataset.splits["test"]
    (images,) = split.batches(10)
    features = explainer.attachment.features(images, training=False)
    maps = explainer.encode(features).part_maps
    wide = maps_of_pixels(maps, (320, 320), explainer.receptive_field)
    winners = np.argmax(wide, axis=-1)
    at, landmarks = (
        seen.splits["test"].parts[EXPLAINER].at_landmarks,
        (np.nan_to_num(split.landmarks)),
    )
    pixels = np.clip((landmarks * 320).astype(int), 0, 319)
    near = winners[np.arange(7)[:, None], pixels[..., 0], pixels[..., 1]]
    assert (near == at)[at >= 0].mean() > 0.95


def test_measures_validate(seen):
    """The whole result fits the schema; the box knows more than the frame."""
    rest = {"settings": {}, "seed": 0, "versions": {}, "seconds": {}}
    result = measure(seen)
    assert validate_result({**result, **rest}) is None
    controls = result["part_maps"]["controls"]
    assert controls["frame"]["one_to_one"] == 0
    assert controls["landmark_box"]["nmi"] > controls["frame"]["nmi"] > 0


def test_without_parts_nothing_is_seen(dataset, explainer):
    """As before, and no control is made."""
    plain = explainer._explainer
    train = SplitSource(dataset.splits["train"])
    assert part_controls(plain, train, 4, 0) == {}
    assert observe(plain, dataset, 4).splits["test"].parts == {}


def test_outlines_against_the_definition(dataset, explainer):
    """All pixels of four animals; each control beside it."""
    found = part_outlines(explainer, dataset, images=4, batch_size=3)
    drawings = [
        draw_animal(900_000_000 + index, CATEGORIES[index % 2], 32)
        for index in range(4)
    ]
    images = np.stack([drawing.image for drawing in drawings]).astype("float32")
    features = explainer.attachment.features(images, training=False)
    maps = maps_of_pixels(
        explainer.encode(features).part_maps,
        (32, 32),
        explainer.receptive_field,
    )
    truth = np.stack([drawing.part_map for drawing in drawings])
    expected = label_agreement(truth.ravel(), np.argmax(maps, -1).ravel())
    assert found["images"] == 4
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert set(found["controls"]) == {UNTRAINED, *PART_CONTROLS.names()}
    assert found["controls"]["landmark_box"]["nmi"] > 0


def test_target_batches_are_spread(dataset, explainer):
    """Five of twelve images, from the first to the last."""
    split = dataset.splits["train"]
    source = SplitSource(split)
    found = [*target_batches(explainer, source, 3, 5)]
    assert [len(one) for one in found] == [3, 2]
    (images,) = split.batches(20)
    features = explainer.attachment.features(images, training=False)
    np.testing.assert_allclose(
        np.concatenate(found),
        np.asarray(features["target"])[spread_evenly(12, 5)],
        rtol=1e-4,
        atol=1e-4,
    )


def test_shapes_belong_together():
    """Else the message names them."""
    with pytest.raises(InputError, match="same images and parts"):
        ObservedParts(np.zeros((2, 3, 2)), np.ones((2, 4)), np.zeros((2, 1)))
