"""What the pictures show, made by hand."""

import dataclasses

import numpy as np
import pytest

from tf_explainer.evaluation.grad_cam import GradCams
from tf_explainer.evaluation.part_measures.observed import (
    EXPLAINER,
    ObservedParts,
)
from tf_explainer.evaluation.receptive_fields import UnitField
from tf_explainer.evaluation.receptive_fields.unit_field import aligned_mean
from tf_explainer.explainer import ExplainedPart, Explanation
from tf_explainer.explainer.explanation import Trust

FIELD_SIZE = 24


@pytest.fixture(scope="module")
def parted(observation):
    """The filters of `observation` in two parts; the last one is dead."""
    owner = (1, 0, 1, 0, 1, 1, 0)
    return dataclasses.replace(observation, part_of_filter=owner)


@pytest.fixture(scope="module")
def heats():
    """Two images, and two of three parts in each."""
    generator = np.random.default_rng(0)
    return GradCams(
        images=np.full((2, 8, 12, 3), 99.0, np.float32),
        categories=np.array([1, 0]),
        top_conv=generator.uniform(0, 1, (2, 8, 12)),
        interp_2=generator.uniform(0, 3, (2, 8, 12)),
        strongest=np.array([[2, 0], [1, 2]]),
        given=np.array([[1.5, -0.25], [2.0, 1.0]]),
        parts=generator.uniform(-1, 5, (2, 8, 12, 2)),
        names=("head", "legs", "tail"),
    )


@pytest.fixture
def with_parts(made_observation):
    """Part 0 lies on the head, part 1 anywhere, part 2 is nowhere."""
    observation = made_observation()
    generator = np.random.default_rng(0)
    splits = {}
    for name, split in observation.splits.items():
        images = len(split.labels)
        places = generator.uniform(0.1, 0.9, (images, 3, 2))
        shown = ~np.isnan(split.landmarks[:, 0, 0])
        places[shown, 0] = split.landmarks[shown, 0]
        presence = generator.uniform(0.6, 1, (images, 3))
        presence[::2, 1] = 0.1
        presence[:, 2] = 0.1
        places[presence < 0.5] = np.nan
        seen = ObservedParts(
            places.astype("float32"),
            presence.astype("float32"),
            np.zeros((images, 3), np.int16),
        )
        splits[name] = dataclasses.replace(split, parts={EXPLAINER: seen})
    return dataclasses.replace(observation, splits=splits)


def field_of(name, of="parts", images=3, height=0.5, side=3):
    """A field whose falls are squares around the peaks."""
    generator = np.random.default_rng(images)
    pixels = generator.integers(4, FIELD_SIZE - 4, (images, 2))
    falls = np.zeros((images, FIELD_SIZE, FIELD_SIZE), np.float32)
    for one, (row, column) in zip(falls, pixels, strict=True):
        one[row - side : row + side + 1, column - side : column + side + 1] = (
            height
        )
    peaks = (pixels + 0.5) / FIELD_SIZE
    return UnitField(
        of=of,
        index=0,
        name=name,
        numbers=tuple(range(images)),
        images=np.full((images, FIELD_SIZE, FIELD_SIZE, 3), 200.0, np.float32),
        peaks=peaks,
        responses=np.ones(images),
        falls=falls,
        mean=aligned_mean(falls, peaks),
    )


@pytest.fixture(scope="session")
def made_field():
    """Maker of fields, see `field_of`."""
    return field_of


@pytest.fixture(scope="module")
def fields():
    """Two parts with three and two images."""
    return [field_of("head"), field_of("$tail_{", images=2, height=0.25)]


def part(name, index, contribution, corner=None):
    """A part whose field is one unit of a 4 x 4 map."""
    field = np.zeros((4, 4), np.float32)
    place = None
    if corner is not None:
        field[corner] = 0.9
        place = tuple((unit + 0.5) / 4 for unit in corner)
    share = contribution / 6
    return ExplainedPart(
        name, index, contribution, share, place, field.max(), field, (index,)
    )


@pytest.fixture(scope="session")
def made_part():
    """Maker of explained parts, see `part`."""
    return part


@pytest.fixture
def made():
    """An explanation of four parts, one of them absent."""
    parts = (
        part("head", 2, 3.0, (0, 3)),
        part("tail", 0, -1.0, (2, 1)),
        part("part 4", 3, 0.5, (3, 0)),
        part("part 2", 1, 0.0),
    )
    return Explanation(
        image=np.full((40, 60, 3), 100, np.uint8),
        source="a.jpg",
        target="cat",
        against="dog",
        score=3.75,
        parts=parts,
        ordinary=1.0,
        rest=0.25,
        probabilities={"cat": 0.75, "dog": 0.25},
        performer_probabilities={"cat": 0.9, "dog": 0.1},
        trust=Trust(True, 4.0, 0.25, 0.8, 0.05, 0.5),
        extent=(0.0, 60.0, 40.0, 0.0),
    )
