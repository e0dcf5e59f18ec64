"""What is said of regions: by hand, and what it adds up to."""

import dataclasses

import numpy as np
import pytest

from tf_explainer.datasets.drawn_animals import PART_NAMES
from tf_explainer.evaluation.causal import CLAIMS
from tf_explainer.evaluation.causal.claims import Claimed
from tf_explainer.evaluation.causal.performer_claims import (
    grad_cam_heat,
    performer_score,
)
from tf_explainer.evaluation.causal.regions import (
    Regions,
    region_claims,
)
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer

CATEGORIES = np.array([0, 1, 2, 0])


@pytest.fixture(scope="module")
def explainer():
    """With four parts, not trained."""
    explainer = Explainer.from_performer(toy_performer(), parts=4)
    explainer.calibrate(toy_images(4))
    return explainer


@pytest.fixture(scope="module")
def regions(explainer):
    """Of four images."""
    return Regions.of(explainer, toy_images(4), CATEGORIES)


@pytest.fixture(scope="module")
def claims(explainer, regions):
    """All of them."""
    return region_claims(explainer, regions)


def test_parts_are_the_explainers(explainer, regions):
    """Its own maps; a part is there if its map reaches a half."""
    maps = explainer(toy_images(4))["part_maps"].numpy()
    np.testing.assert_allclose(regions.maps[..., :-1], maps, atol=1e-6)
    np.testing.assert_array_equal(regions.present, maps.max(axis=(1, 2)) >= 0.5)


def test_sums_over_a_region_by_hand(regions):
    """Heat times mask."""
    masks = np.zeros((4, 32, 32, 4), np.float32)
    masks[1, 3, :2, 2] = [1, 0.5]
    heat = np.zeros((4, 32, 32))
    heat[1, 3, :3] = [2, 4, 8]
    expected = np.zeros((4, 4))
    expected[1, 2] = 4
    found = regions._replace(masks=masks).total(heat)
    np.testing.assert_allclose(found, expected)


def test_heat_of_all_regions_is_all_but_the_background(
    explainer, regions, claims
):
    """Masks of parts and background add up to 1."""
    heat = grad_cam_heat(explainer, regions.images, CATEGORIES)
    beside = 1 - regions.masks.sum(axis=-1)
    np.testing.assert_allclose(
        claims["grad_cam"].sum(axis=1),
        (heat * (1 - beside)).sum(axis=(1, 2)),
        rtol=1e-4,
    )
    np.testing.assert_allclose(
        claims["area"].sum(axis=1), 1 - beside.mean(axis=(1, 2)), rtol=1e-5
    )


def test_contributions_are_the_explainers(explainer, claims):
    """Of the category that is asked about."""
    for kind in ("removal", "shapley", "gradient"):
        pieces = explainer.contributions(toy_images(4), CATEGORIES, kind=kind)
        np.testing.assert_allclose(claims[kind], pieces.parts, atol=1e-4)


def test_target_erasure_by_hand(explainer, regions, claims):
    """Part 1 becomes the mean of the target, weighted by the background."""
    target = regions.features["target"].numpy()
    maps = np.asarray(regions.maps)
    gone, alone = maps[..., 1:2], maps[..., -1:]
    fill = (target * alone).sum(axis=(1, 2)) / (alone.sum(axis=(1, 2)) + 1e-3)
    left = target * (1 - gone) + fill[:, None, None] * gone
    scores = explainer.attachment.upper(left)["scores"].numpy()
    logits = np.log(scores) - np.log(scores).mean(axis=1, keepdims=True)
    score_of = performer_score(explainer)
    whole = score_of(regions.images, CATEGORIES)[0]
    expected = whole - logits[np.arange(4), CATEGORIES]
    np.testing.assert_allclose(
        claims["target_erasure"][:, 1], expected, atol=1e-4
    )


def test_where_a_branch_passes_the_target_by(explainer, regions, monkeypatch):
    """The region would still be seen: no such claim."""
    attachment = dataclasses.replace(explainer.attachment, upper=None)
    monkeypatch.setattr(explainer, "attachment", attachment)
    assert "target_erasure" not in region_claims(explainer, regions)


def _claimed(explainer):
    """The left half is part 2, the right half part 10."""
    maps = np.full((4, 32, 32), 3, np.uint8)
    maps[:, :, 16:] = 11
    nothing = np.array([], int)
    return Claimed(
        *(explainer, explainer, toy_images(4), CATEGORIES, maps),
        *(nothing, nothing),
    )


@pytest.mark.parametrize("kind", ["removal", "shapley"])
def test_drawn_parts_get_all_that_parts_give(explainer, claims, kind):
    """Spread over the map, and summed over both halves."""
    found = CLAIMS.get(f"parts_by_{kind}")(_claimed(explainer))
    assert found.shape == (4, len(PART_NAMES))
    np.testing.assert_allclose(
        found.sum(axis=1), claims[kind].sum(axis=1), atol=1e-4
    )
    assert (np.abs(found[:, [2, 10]]) > 0).all()


@pytest.mark.parametrize("kind", ["removal", "shapley"])
def test_without_parts_nothing_is_known(kind):
    """Each filter is one of its own."""
    alone = Explainer.from_performer(toy_performer(), parts=0)
    found = CLAIMS.get(f"parts_by_{kind}")(_claimed(alone))
    assert np.isnan(found).all()
