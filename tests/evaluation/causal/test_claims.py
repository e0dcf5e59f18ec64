"""Every claim: what it must add up to."""

import dataclasses
import types

import numpy as np
import pytest

from tf_explainer.datasets.drawn_animals import PART_NAMES
from tf_explainer.evaluation.causal import CLAIMS
from tf_explainer.evaluation.causal import performer_claims as target_occlusion
from tf_explainer.evaluation.causal.claims import Claimed, over_standing
from tf_explainer.evaluation.causal.performer_claims import performer_score
from tf_explainer.evaluation.causal.score_changes import see
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer


@pytest.fixture(scope="module")
def claimed():
    """Six images, the left half one part and the right half another."""
    images = toy_images(6)
    explainer = Explainer.from_performer(toy_performer())
    explainer.calibrate(images)
    maps = np.full((6, 32, 32), 3, np.uint8)
    maps[:, :, 16:] = 11
    return Claimed(
        explainer=explainer,
        untrained=explainer.untrained(images),
        images=images,
        categories=np.array([0, 1, 2, 0, 1, 2]),
        part_maps=maps,
        standing=np.array([2, 10, -1] * 4),
        untrained_standing=np.array([10, 2, -1] * 4),
    )


@pytest.mark.parametrize("name", CLAIMS.names())
def test_every_claim_is_of_images_and_parts(claimed, name):
    """Finite, the same again, and nothing for parts that are not there."""
    found = CLAIMS.get(name)(claimed)
    assert found.shape == (6, len(PART_NAMES))
    assert np.isfinite(found).all()
    assert np.abs(found[:, [2, 10]]).sum() > 0
    np.testing.assert_array_equal(found[:, [0, 1, 3, 14]], 0)
    np.testing.assert_allclose(found, CLAIMS.get(name)(claimed), rtol=1e-5)


def gradients(claimed):
    """Gradient × activation of each filter."""
    return claimed.explainer.contributions(
        claimed.images, claimed.categories, kind="gradient"
    )


def test_filters_add_up_by_what_they_stand_for(claimed):
    """Filters 0, 3, 6, 9 stand for part 2; those of -1 for none."""
    pieces = gradients(claimed)
    found = CLAIMS.get("part_filters")(claimed)
    np.testing.assert_allclose(
        found[:, 2], pieces.filters.numpy()[:, ::3].sum(axis=1), rtol=1e-4
    )


def test_the_rebuilt_score_is_the_one_that_is_divided(claimed):
    """What is seen of the explainer's score is what contributions add up to."""
    rebuilt = see(claimed.explainer, 4)(claimed.images).rebuilt
    pieces = gradients(claimed)
    np.testing.assert_allclose(
        rebuilt[np.arange(6), claimed.categories], pieces.score, atol=1e-4
    )


def test_by_place_every_filter_is_somewhere(claimed):
    """The two halves together hold all contributions."""
    pieces = gradients(claimed)
    found = CLAIMS.get("filters_by_place")(claimed)
    np.testing.assert_allclose(
        found.sum(axis=1), pieces.filters.numpy().sum(axis=1), atol=1e-4
    )


def test_integrated_gradients_are_complete(claimed):
    """They add up to the score's way from the mean color (to 5 %)."""
    score_of = performer_score(claimed.explainer)
    start = np.broadcast_to(
        claimed.images.mean(axis=(1, 2), keepdims=True), claimed.images.shape
    )
    way = score_of(claimed.images, claimed.categories)[0]
    way -= score_of(start, claimed.categories)[0]
    found = CLAIMS.get("integrated_gradients")(claimed).sum(axis=1)
    np.testing.assert_allclose(found, way, atol=0.05 * np.abs(way).max())


def test_target_occlusion_by_hand(claimed):
    """The left half of the target becomes what its border is on average."""
    attachment = claimed.explainer.attachment
    target = np.array(attachment.features(claimed.images)["target"])
    height, width = target.shape[1:3]
    edge = np.zeros((height, width), bool)
    edge[[0, -1]] = edge[:, [0, -1]] = True
    score_of = performer_score(claimed.explainer)
    whole = score_of(claimed.images, claimed.categories)[0]
    target[:, :, : width // 2] = target[:, edge].mean(axis=1)[:, None, None]
    scores = attachment.upper(target)["scores"].numpy()
    logits = np.log(scores) - np.log(scores).mean(axis=1, keepdims=True)
    found = CLAIMS.get("target_occlusion")(claimed)[:, 2]
    left = logits[np.arange(6), claimed.categories]
    np.testing.assert_allclose(found, whole - left, atol=1e-4)


def test_target_occlusion_takes_units_that_are_covered_by_a_quarter():
    """4 of the 16 pixels of a unit are enough, 3 are not."""
    mask = np.zeros((1, 8, 8), bool)
    mask[0, :2, :2] = mask[0, 4, 4:7] = True
    units = target_occlusion._units(mask, (2, 2))[0, ..., 0]
    np.testing.assert_array_equal(units, [[True, False], [False, False]])


def test_target_occlusion_needs_the_target_alone(claimed):
    """Behind a branch that passes it by, the rest would still see the part."""
    attachment = dataclasses.replace(claimed.explainer.attachment, upper=None)
    explainer = types.SimpleNamespace(attachment=attachment)
    blind = dataclasses.replace(claimed, explainer=explainer)
    assert np.isnan(CLAIMS.get("target_occlusion")(blind)).all()


def test_score_is_the_performers(claimed):
    """Softmax over the categories gives its own scores."""
    score_of = performer_score(claimed.explainer)
    logits = np.stack(
        [
            score_of(claimed.images, np.full(6, category))[0]
            for category in range(3)
        ],
        axis=1,
    )
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        shares, claimed.explainer.performer(claimed.images), rtol=1e-4
    )


def test_area_by_hand(claimed):
    """Half of the image each."""
    np.testing.assert_allclose(
        CLAIMS.get("area")(claimed)[:, [2, 10]], 0.5, rtol=1e-9
    )


def test_heat_over_parts_by_hand(claimed):
    """A sum over the pixels of each part of each image."""
    heat = np.zeros((6, 32, 32))
    heat[1, 5, 3], heat[1, 6, 20], heat[4, :, 31] = 2, 7, 1
    found = claimed.over_parts(heat)
    expected = np.zeros((6, len(PART_NAMES)))
    expected[1, 2], expected[1, 10], expected[4, 10] = 2, 7, 32
    np.testing.assert_array_equal(found, expected)


def test_over_standing_by_hand():
    """-1 stands for none."""
    found = over_standing(np.array([[1.0, 2, 4]]), np.array([3, -1, 3]))
    assert found[0, 3] == 5 and found.sum() == 5
