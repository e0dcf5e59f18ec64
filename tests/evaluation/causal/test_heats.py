"""Heat maps: where what is said of parts and pixels is put."""

import sys

import numpy as np
import pytest

from tf_explainer.evaluation.causal import HEATS, performer_claims
from tf_explainer.evaluation.causal.heats import (
    center_heat,
    equal_parts_heat,
    explainer_heat,
    occlusion_heat,
    random_heat,
    spread,
    squares,
)
from tf_explainer.evaluation.causal.performer_claims import performer_score
from tf_explainer.explainer import Explainer
from tf_explainer.layers.part_head import LEAST_PRESENCE
from tf_explainer.testing import toy_images, toy_performer

MODULE = sys.modules[spread.__module__]
CATEGORIES = np.array([0, 1, 2, 0])


@pytest.fixture(scope="module")
def explainers():
    """With four parts, and with filters alone; neither is trained."""
    found = {}
    for parts in (4, 0):
        found[parts] = Explainer.from_performer(toy_performer(), parts=parts)
        found[parts].calibrate(toy_images(4))
    return found


@pytest.mark.parametrize("parts", [4, 0])
@pytest.mark.parametrize("name", HEATS.names())
def test_every_heat_map_is_an_image_high(explainers, name, parts, monkeypatch):
    """A finite number for each pixel, whoever stands beside it."""
    monkeypatch.setattr(performer_claims, "STEPS", 2)
    monkeypatch.setattr(MODULE, "CELLS", 3)
    heat = HEATS.get(name)(explainers[parts], toy_images(4), CATEGORIES)
    assert heat.shape == (4, 32, 32) and np.isfinite(heat).all()
    alone = HEATS.get(name)(explainers[parts], toy_images(4)[1:2], [1])
    np.testing.assert_allclose(alone[0], heat[1], atol=1e-4)


@pytest.mark.parametrize("parts", [4, 0])
def test_contributions_are_spread_over_maps(explainers, parts, monkeypatch):
    """In proportion to the map, and all of it; who is absent gives nothing."""
    # Before it is drawn to the size of the image.
    monkeypatch.setattr(MODULE, "part_regions", lambda maps, _: maps)
    explainer, images = explainers[parts], toy_images(4)
    out = explainer(images)
    maps = np.array(out["part_maps"] if parts else out["maps"])
    pieces = explainer.contributions(images, CATEGORIES)
    expected = np.zeros(maps.shape[:3])
    for image, part in np.ndindex(4, maps.shape[-1]):
        shown = maps[image, :, :, part]
        if shown.max() >= LEAST_PRESENCE if parts else shown.max() > 0:
            share = shown / shown.sum()
            expected[image] += pieces.parts[image, part] * share
    assert expected.any()
    found = explainer_heat(explainer, images, CATEGORIES)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    equal = equal_parts_heat(explainer, images, CATEGORIES).sum(axis=(1, 2))
    there = maps.max(axis=(1, 2)) >= (LEAST_PRESENCE if parts else 1e-9)
    np.testing.assert_allclose(equal, there.sum(axis=1), rtol=1e-4)


def test_squares_go_over_the_image():
    """A quarter wide, in steps of an eighth; every pixel is in one."""
    places = squares((16, 32))
    assert places.shape == (49, 16, 32)
    assert (places.sum(axis=(1, 2)) == 4 * 8).all()
    assert places[0, :4, :8].all() and places[1, :4, 4:12].all()
    for size in ((3, 5), (17, 33)):
        assert squares(size).any(axis=0).all()


def test_occlusion_by_hand(explainers):
    """A corner is in one square alone, a pixel beside it in two."""
    explainer, images = explainers[4], toy_images(4)
    score_of = performer_score(explainer)
    whole = score_of(images, CATEGORIES)[0]
    lost = []
    for left in (0, 4):
        hidden = images.copy()
        color = images.mean(axis=(1, 2))
        hidden[:, :8, left : left + 8] = color[:, None, None]
        lost.append(whole - score_of(hidden, CATEGORIES)[0])
    heat = occlusion_heat(explainer, images, CATEGORIES)
    np.testing.assert_allclose(heat[:, 0, 0], lost[0], atol=1e-5)
    mean = (lost[0] + lost[1]) / 2
    np.testing.assert_allclose(heat[:, 3, 4], mean, atol=1e-5)


def test_controls_know_nothing(explainers):
    """The center is hottest; noise is the image's own, and of no other."""
    images = toy_images(4)
    center = center_heat(explainers[4], images, CATEGORIES)
    assert (center == center[:1]).all()
    assert center[0].max() == center[0, 15, 15] == center[0, 16, 16]
    random = random_heat(explainers[4], images, CATEGORIES)
    again = random_heat(explainers[4], images, CATEGORIES[::-1])
    np.testing.assert_array_equal(random, again)
    images[2, 0, 0, 0] += 1
    other = random_heat(explainers[4], images, CATEGORIES)
    changed = (other != random).any(axis=(1, 2))
    np.testing.assert_array_equal(changed, [False, False, True, False])
