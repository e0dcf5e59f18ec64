"""A whole result, and pages made of it."""

import dataclasses
import types

import numpy as np
import pytest

from tf_explainer.evaluation.part_measures.observed import (
    EXPLAINER,
    ObservedParts,
)
from tf_explainer.evaluation.result import measure
from tf_explainer.explainer import ExplainedPart, Explanation
from tf_explainer.explainer.explanation import Trust
from tf_explainer.explainer.parts import Part
from tf_explainer.report.page import write_report

REST = {
    "settings": {"epochs": 3, "data": None},
    "seed": 0,
    "versions": {"keras": "3.15.1"},
    "seconds": {"explain": 12.5},
}
HISTORY = {"p": [0.5, 0.75], "reconstruction_loss": [2.0, 1.0]}
GIVEN = (0.5, -0.25, 0.125)


@pytest.fixture
def result(observation):
    """The result of the made observation."""
    return {**measure(observation), **REST}


@pytest.fixture
def page(tmp_path, made_images):
    """Maker of pages: observation (and more) to HTML text."""

    def make(
        observation,
        images=made_images,
        history=HISTORY,
        explainer=None,
        **changes,
    ):
        result = {**measure(observation), **REST, **changes}
        path = tmp_path / "report.html"
        write_report(path, result, observation, history, images, explainer)
        return path.read_text(encoding="utf-8")

    return make


@pytest.fixture(scope="session")
def add_parts():
    """Function of an observation to one with three parts, the last absent."""
    return _with_parts


def _with_parts(observation):
    generator = np.random.default_rng(0)
    splits = {}
    for name, split in observation.splits.items():
        images = len(split.labels)
        places = generator.uniform(0.1, 0.9, (images, 3, 2))
        presence = generator.uniform(0.6, 1, (images, 3))
        presence[:, 2] = 0.1
        places[presence < 0.5] = np.nan
        landmarks = split.landmarks.shape[1]
        seen = ObservedParts(
            places.astype("float32"),
            presence.astype("float32"),
            np.zeros((images, landmarks), np.int16),
        )
        splits[name] = dataclasses.replace(split, parts={EXPLAINER: seen})
    return dataclasses.replace(observation, splits=splits)


class FakeExplainer:
    """Three parts, each high in one unit; their gifts are the same always.

    Args:
        class_names: Its classes.
        names: Its parts'.
    """

    def __init__(self, class_names, names=("part 1", "part 2", "part 3")):
        self.class_names = tuple(class_names)
        self.parts = tuple(
            Part(name, (2 * i, 2 * i + 1), False)
            for i, name in enumerate(names)
        )
        self.encoder = types.SimpleNamespace(parts=len(names))
        rows, columns = np.meshgrid(*2 * [(np.arange(4) + 0.5) / 4])
        self.receptive_field = types.SimpleNamespace(
            centers=np.stack([columns, rows], axis=-1), image=(48, 48)
        )
        self.asked = []

    def __call__(self, images):
        maps = np.zeros((len(images), 4, 4, len(self.parts)), np.float32)
        maps[:, [0, 1, 2], [0, 1, 2], [0, 1, 2]] = 0.9
        return {"part_maps": maps}

    def explain(self, images, target, against=None):
        self.asked.append((list(target), against and list(against)))
        against = against or [None] * len(images)
        maps = self(images)["part_maps"]
        return [
            self._explanation(*one)
            for one in zip(images, maps, target, against, strict=True)
        ]

    def _explanation(self, image, maps, target, against):
        parts = tuple(
            ExplainedPart(
                **{"name": part.name, "index": i, "contribution": given},
                **{"share": given, "presence": 0.9, "filters": part.filters},
                place=((i + 0.5) / 4, (i + 0.5) / 4) if i < 2 else None,
                field=maps[..., i],
            )
            for i, (part, given) in enumerate(
                zip(self.parts, GIVEN, strict=True)
            )
        )
        return Explanation(
            image=image,
            source="image 0",
            target=self.class_names[target],
            against=None if against is None else self.class_names[against],
            score=0.75,
            parts=parts,
            ordinary=0.25,
            rest=0.125,
            probabilities=dict.fromkeys(self.class_names, 0.5),
            performer_probabilities=dict.fromkeys(self.class_names, 0.5),
            trust=Trust(True, 0.75, 0.0, 0.8, 0.1, 0.5),
            extent=(0.0, 48.0, 48.0, 0.0),
        )


@pytest.fixture(scope="session")
def fake_explainer():
    """The class `FakeExplainer`."""
    return FakeExplainer
