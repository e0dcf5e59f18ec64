"""Trust in a real, tiny explainer, on images of nobody's categories."""

import sys

import keras
import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.evaluation import removal_fidelity, trust
from tf_explainer.evaluation.result import result_schema
from tf_explainer.evaluation.trusting import place_equivariance
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer

MODULE = sys.modules[trust.__module__]


def made(parts, seed):
    """A calibrated explainer, of a seed whose score is above 0."""
    performer = toy_performer()
    keras.utils.set_random_seed(seed)
    explainer = Explainer.from_performer(performer, parts=parts)
    explainer.calibrate(toy_images(4))
    return explainer


@pytest.fixture(scope="module")
def explainer():
    """With four parts that are somewhere, though it was not trained."""
    explainer = made(parts=4, seed=1)
    for weight in explainer.encoder.part_head.trainable_weights:
        weight.assign(20 * weight)
    return explainer


@pytest.fixture(scope="module")
def erased():
    """What `trust` erased, and what it found."""
    return []


@pytest.fixture(scope="module")
def found(explainer, erased, module_eagerly):
    """Of twelve images."""

    def spied(*arguments):
        erased.append((arguments, removal_fidelity(*arguments)))
        return erased[-1][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MODULE, "removal_fidelity", spied)
        return trust(explainer, toy_images(), batch_size=12)


def test_numbers_are_those_of_the_explainer(explainer, found):
    """Same decisions, what removal of all parts costs."""
    out = explainer(toy_images())
    same = np.argmax(out["scores"], 1) == np.argmax(out["performer_scores"], 1)
    assert found["images"] == 12
    assert found["agreement"] == pytest.approx(same.mean())
    pieces = explainer.contributions(toy_images(), kind="removal")
    score = np.sum(pieces.score)
    assert score > 0
    assert found["share"] == pytest.approx(
        np.sum(pieces.together) / score, abs=1e-4
    )
    assert "delta_error" not in found


def test_fidelity_is_a_small_sample(erased, found):
    """Two fills; the controls and the differences beside it."""
    (arguments, numbers), *others = erased
    assert arguments[2:4] == (24, ("ring", "blur")) and not others
    np.testing.assert_array_equal(arguments[1], toy_images())
    assert numbers["images"]
    mean, above = numbers["mean"], numbers["above"]
    assert found["fidelity_images"] == numbers["images"]
    assert found["fidelity"] == pytest.approx(mean["removal"])
    for name in ("area", "chance"):
        assert found[f"fidelity_{name}"] == pytest.approx(mean[name])
        apart = mean["removal"] - mean[name]
        assert found[f"fidelity_above_{name}"] == pytest.approx(apart)
        assert above[name] == pytest.approx(apart)


def test_verdict_and_reasons_have_their_shape(found):
    """As the report reads them; the schema knows every number."""
    section = result_schema()["properties"]["trust"]
    assert found["verdict"] in section["properties"]["verdict"]["enum"]
    for reason in found["reasons"]:
        assert set(reason) == {"kind", "text"}
    patterns = "".join(section["patternProperties"])
    for name in found:
        assert name in section["properties"] or "fidelity_above" in name
    assert "fidelity_above" in patterns


def test_what_is_known_is_not_measured_again(explainer, monkeypatch):
    """Numbers of a result are taken over, those of --full among them."""

    def never(*_):
        raise AssertionError("measured again")

    monkeypatch.setattr(MODULE, "removal_fidelity", never)
    monkeypatch.setattr(MODULE, "see", never)
    known = {
        "images": {"train": 3, "test": 700, "skipped": 0},
        "explainer": {"accuracy": 0.5, "agreement": 0.875},
        "delta_error": 3.0,
        "contributions": {"removal": 0.75},
        "removal_fidelity": {
            "images": 2,
            "fills": {"ring": {}},
            "mean": {"removal": 0.5, "area": 0.25},
            "above": {"area": 0.25},
        },
    }
    found = trust(explainer, toy_images(), known)
    assert (found["images"], found["agreement"]) == (700, 0.875)
    assert (found["delta_error"], found["share"]) == (3.0, 0.75)
    assert (found["fidelity"], found["fidelity_area"]) == (0.5, 0.25)
    assert found["fidelity_fills"] == ["ring"]


def test_filters_have_agreement_and_share_alone(module_eagerly):
    """They have no regions to erase, and no places of parts."""
    alone = made(parts=0, seed=3)
    found = trust(alone, toy_images())
    assert set(found) == {"verdict", "reasons", "images", "agreement", "share"}
    pieces = alone.contributions(toy_images())
    assert np.sum(pieces.score) > 0
    share = np.sum(pieces.filters) / np.sum(pieces.score)
    assert found["share"] == pytest.approx(share, abs=1e-4)


class Bright:
    """Finds the brightest row and column; the second part is never there."""

    habit = "goes"

    def __call__(self, images):
        """Returns places as an explainer does."""
        light = np.asarray(images).sum(axis=-1)
        count, height, width = light.shape
        row = (light.max(axis=2).argmax(axis=1) + 0.5) / height
        column = (light.max(axis=1).argmax(axis=1) + 0.5) / width
        if self.habit == "stays":
            row, column = np.full((2, count), 0.4)
        if self.habit == "jumps":
            row, column = (7 * row) % 1, (7 * column) % 1
        there = np.stack([row, column], axis=-1)[:, None]
        places = np.concatenate([there, np.full((count, 1, 2), -1.0)], axis=1)
        presence = np.tile([1.0, 0.1], (count, 1))
        return {"part_places": places, "part_presence": presence}


@pytest.mark.parametrize(
    ("habit", "expected"), [("goes", 1), ("stays", 0), ("jumps", -1)]
)
def test_parts_that_go_along(habit, expected):
    """On wide images of small values; an absent part has no number."""
    images = np.zeros((8, 40, 64, 3))
    places = np.random.default_rng(0).integers(15, 25, (8, 2))
    for image, (row, column) in zip(images, places, strict=True):
        image[row - 1 : row + 2, column : column + 3] = [0.25, 0.25, 0.25]
        image[row, column + 1] = 1
    finder = Bright()
    finder.habit = habit
    found = place_equivariance(finder, images, batch_size=3)
    assert found[0] == pytest.approx(expected, abs=0.02)
    assert np.isnan(found[1])


def test_images_that_do_not_fit_are_refused(explainer):
    """In one line that names the argument."""
    with pytest.raises(InputError, match="`images` must hold images"):
        trust(explainer, np.zeros((3, 8, 8, 3)))
