"""The measures behind `--full`, on a tiny explainer of drawn animals."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets import draw_animal
from tf_explainer.datasets.drawn_animals import PART_NAMES
from tf_explainer.datasets.part_dataset import PartDataset, PartSplit
from tf_explainer.errors import InputError
from tf_explainer.evaluation import (
    LandmarkFreeProxy,
    causal,
    removal_fidelity,
    trust,
)
from tf_explainer.evaluation import full as module
from tf_explainer.evaluation.full import full_measures
from tf_explainer.evaluation.observing import observe
from tf_explainer.evaluation.result import measure, validate_result
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer

# All measures at once take half a minute.
pytestmark = pytest.mark.slow
CATEGORIES = ("cat", "cow", "bird")


def make_split(first, count):
    """Drawings of 32 pixels."""
    labels = np.arange(count, dtype=np.int32) % 3
    drawings = [
        draw_animal(first + index, CATEGORIES[label], 32)
        for index, label in enumerate(labels)
    ]
    images = np.stack([drawing.image for drawing in drawings])
    return PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=labels,
        landmarks=np.stack([drawing.landmarks for drawing in drawings]),
        files=tuple(f"{first + index}.png" for index in range(count)),
    )


@pytest.fixture(scope="module")
def dataset():
    """Eighteen drawings."""
    splits = {"train": make_split(0, 12), "test": make_split(50, 6)}
    return PartDataset("drawn_animals", CATEGORIES, PART_NAMES, splits)


@pytest.fixture(scope="module")
def explainer(dataset):
    """Calibrated, and never trained."""
    keras.utils.set_random_seed(0)
    explainer = Explainer.from_performer(toy_performer())
    explainer.calibrate(dataset.splits["train"].batches(6))
    return explainer


@pytest.fixture(scope="module")
def found(dataset, explainer):
    """Everything, with three animals for the causal checks."""
    observation = observe(explainer, dataset, 6)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            module,
            "causal_checks",
            lambda *args, **options: causal.causal_checks(
                *args, **options, images=3
            ),
        )
        patch.setattr(
            module,
            "faithfulness",
            lambda *args, **options: causal.faithfulness(
                *args, **options, count=2, steps=2
            ),
        )
        extra = full_measures(explainer, dataset, observation, 6)
    numbers = {**measure(observation), **extra}
    return {**numbers, "trust": trust(explainer, dataset.splits["test"])}


def test_the_schema_knows_every_number(found):
    """A whole result validates, and holds each of the sections."""
    rest = {"settings": {}, "seed": 0, "versions": {}, "seconds": {}}
    assert validate_result({**found, **rest}) is None
    sections = {"jittered", "equivariance", "proxy", "occlusion", "causal"}
    assert sections | {"removal_fidelity", "faithfulness"} <= set(found)
    with pytest.raises(InputError, match=r"\$\.proxy"):
        validate_result({**found, **rest, "proxy": 1.5})


def test_erased_regions_are_of_the_test_images(found):
    """Six of them; the schema knows every number of a real one, too."""
    assert 0 <= found["removal_fidelity"]["images"] <= 6
    trained = Explainer.from_performer(toy_performer(), parts=4)
    trained.fit(toy_images(), epochs=16, batch_size=6, verbose=0, seed=0)
    numbers = removal_fidelity(trained, toy_images(), fills=("ring", "other"))
    rest = {"settings": {}, "seed": 0, "versions": {}, "seconds": {}}
    whole = {**found, **rest, "removal_fidelity": numbers}
    whole["trust"] = trust(trained, toy_images(), whole)
    assert "fidelity_above_area" in whole["trust"]
    assert numbers["images"] and validate_result(whole) is None


def test_proxy_is_of_the_test_images(found, dataset, explainer):
    """With the seed of the evaluation, in the views of `equivariance`."""
    own, other = (
        LandmarkFreeProxy(explainer, dataset.splits[name], 6)(explainer)
        for name in ("test", "train")
    )
    assert found["proxy"] == pytest.approx(own, abs=1e-6)
    assert own != pytest.approx(other, abs=1e-4)


def test_jittered_crops_give_other_numbers(found):
    """The same layers and controls, measured anew."""
    jittered = found["jittered"]
    assert set(jittered["layers"]) == set(found["layers"])
    assert set(jittered["controls"]) == set(found["controls"])
    assert (
        jittered["layers"]["target"]["location_instability"]
        != found["layers"]["target"]["location_instability"]
    )


def test_every_claim_has_its_row(found):
    """Three animals, a case for each of their parts, all who claim."""
    checks = found["causal"]
    assert checks["images"] == 3 and checks["cases"] >= 9
    assert set(checks["claims"]) == set(causal.CLAIMS.names())
    for name in ("untrained_filters", "untrained_by_place", "grad_cam"):
        assert "by_image" in checks["claims"][name], name


def test_filters_have_their_untrained_control(found):
    """Though hardly a random filter is better than a constant."""
    checks = found["causal"]
    for name in ("silence", "silence_by_size", "follow", "follow_others"):
        low, high = checks[f"{name}_untrained_interval"]
        assert low <= checks[f"{name}_untrained"] <= high


def test_what_the_explainer_itself_loses_has_its_control(found):
    """The same three numbers of it and of its untrained twin."""
    checks = found["causal"]
    for name in ("explained", "explained_untrained"):
        # Three animals show no part thrice: means by category are not known.
        assert set(checks[name]) == {
            *("by_image", "by_image_interval", "pasted", "pasted_interval")
        }


@pytest.mark.parametrize("parts", [0, 4])
def test_outlines_of_part_maps_alone(dataset, monkeypatch, parts):
    """An explainer without part maps has none."""
    for name in (
        *("jittered", "observe", "equivariance", "LandmarkFreeProxy"),
        *("occlusion", "causal_checks", "part_outlines", "removal_fidelity"),
        "faithfulness",
    ):
        monkeypatch.setattr(module, name, lambda *_, **__: lambda _: 0.0)
    monkeypatch.setattr(module, "measure", lambda *_: {})
    monkeypatch.setattr(module, "_means", lambda _: {})
    made = SimpleNamespace(encoder=SimpleNamespace(parts=parts))
    found = full_measures(made, dataset, None)
    for name in ("part_outlines", "removal_fidelity"):
        assert (name in found) == (parts > 0)
    assert "causal" in found
