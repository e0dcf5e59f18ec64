"""Regions of parts, and what is put there."""

import numpy as np
import pytest

from tf_explainer.attachment import ReceptiveField
from tf_explainer.evaluation.causal import FILLS
from tf_explainer.evaluation.causal.erasing import erased, part_regions

FIELD = ReceptiveField((4, 2), (8, 4), (9, 9), (32, 16), (4, 4))


def test_a_region_has_the_map_at_the_centers():
    """Bilinear between them, and as they are beyond the outermost."""
    maps = np.random.default_rng(0).random((2, 4, 4, 3)).astype("float32")
    found = part_regions(maps, FIELD).numpy()
    assert found.shape == (2, 32, 16, 3)
    np.testing.assert_allclose(found[:, 4::8, 2::4], maps, rtol=1e-6)
    np.testing.assert_allclose(
        found[:, 8, 4], maps[:, :2, :2].mean(axis=(1, 2)), rtol=1e-6
    )
    np.testing.assert_allclose(found[:, 0, 0], maps[:, 0, 0], rtol=1e-6)
    np.testing.assert_allclose(found[:, 31, 15], maps[:, 3, 3], rtol=1e-6)


def test_regions_of_all_parts_still_add_up():
    """To 1 at each pixel, as part maps and background do at each unit."""
    maps = np.random.default_rng(1).dirichlet(np.ones(5), (1, 4, 4))
    found = part_regions(maps, FIELD).numpy()
    np.testing.assert_allclose(found.sum(axis=-1), 1, atol=1e-6)


@pytest.fixture(scope="module")
def pictures():
    """Two images, two others, and a region that is soft at its border."""
    random = np.random.default_rng(2)
    images, others = random.uniform(0, 255, (2, 2, 21, 26, 3))
    masks = np.zeros((2, 21, 26, 1))
    masks[:, 4:14, 5:17] = 1
    masks[:, 4, 5:17] = masks[:, 13, 5:17] = 0.25
    return [one.astype("float32") for one in (images, masks, others)]


@pytest.mark.parametrize("name", FILLS.names())
def test_a_fill_changes_the_region_alone(pictures, name):
    """Outside nothing, bit for bit; inside there is the fill."""
    images, masks, _ = pictures
    fill = FILLS.get(name)(*pictures)
    found = np.asarray(erased(images, masks, fill))
    outside, inside = masks[..., 0] == 0, masks[..., 0] == 1
    np.testing.assert_array_equal(found[outside], images[outside])
    wide = np.broadcast_to(fill, images.shape)
    np.testing.assert_array_equal(found[inside], wide[inside])
    assert np.abs(found - images)[inside].max() > 1
    assert found.min() >= 0 and found.max() <= 255.001


@pytest.mark.parametrize("name", ["ring", "border", "other"])
def test_what_is_erased_does_not_show_through(pictures, name):
    """Other pixels in the region give the same picture."""
    images, masks, others = pictures
    changed = np.where(masks > 0.5, 255 - images, images)
    one, other = (
        np.asarray(erased(x, masks, FILLS.get(name)(x, masks, others)))
        for x in (images, changed)
    )
    np.testing.assert_allclose(one, other, atol=0.01)


def test_ring_draws_in_what_lies_beside():
    """One color around gives that color; of two, the nearer one more."""
    images = np.zeros((1, 32, 32, 3), np.float32)
    images[:, :, 16:] = 100
    masks = np.zeros((1, 32, 32, 1), np.float32)
    masks[:, 12:20, 22:30] = masks[:, 8:24, 4:28] = 1
    row = np.asarray(FILLS.get("ring")(images, masks, images))[0, 16, :, 0]
    assert row[5] < 20 and row[26] > 80
    one_color = FILLS.get("ring")(images * 0 + 7, masks, images)
    np.testing.assert_allclose(one_color, 7, rtol=1e-5)


def test_ring_where_all_is_region():
    """The image's mean color, and a number in any case."""
    images = np.random.default_rng(3).uniform(0, 255, (1, 8, 8, 3))
    images = images.astype("float32")
    found = FILLS.get("ring")(images, np.ones((1, 8, 8, 1), "float32"), images)
    expected = np.broadcast_to(images.mean(axis=(1, 2)), found.shape[1:])
    np.testing.assert_allclose(found[0], expected, rtol=1e-4)


def test_border_is_the_mean_of_the_frame():
    """Nothing of the inside."""
    images = np.full((1, 5, 6, 3), 9, np.float32)
    images[:, 1:-1, 1:-1] = 200
    np.testing.assert_allclose(FILLS.get("border")(images, None, None), 9)


def test_other_mirrors_a_corner():
    """A quarter of height and width, there and back again."""
    others = np.arange(64, dtype=np.float32).reshape(1, 8, 8, 1)
    found = FILLS.get("other")(others * 0, None, others)[0, ..., 0].numpy()
    rows = np.array([0, 1, 1, 0, 0, 1, 1, 0])
    np.testing.assert_array_equal(found, others[0, rows][:, rows, 0])
