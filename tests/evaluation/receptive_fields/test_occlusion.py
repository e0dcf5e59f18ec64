"""Fields by covering: as the definition says, in any batch."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.errors import InputError
from tf_explainer.evaluation.receptive_fields import (
    KINDS,
    occlusion_fields,
    round_fields,
)
from tf_explainer.evaluation.receptive_fields.occlusion import Occluder
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_performer

COARSE = {"patch": 9, "stride": 8, "images_per": 2, "batch_size": 7}


def maps_of(explainer, of, images):
    """What the explainer itself says of images; of parts their log-odds."""
    if of == "parts":
        maps = np.asarray(explainer(images)["part_maps"], np.float64)
        return np.maximum(np.log(maps / (1 - maps)), 0)
    layer = {"filters": "interp_2", "top_conv": "top_conv"}[of]
    return np.asarray(explainer.layer_maps(images)[layer])


@pytest.mark.parametrize("of", KINDS)
def test_a_fall_is_what_covering_costs(parted, pictures, of):
    """One square by hand: the response at the unit of the whole image."""
    fields = occlusion_fields(parted, pictures, of, **COARSE)
    field = fields[0]
    maps = maps_of(parted, of, pictures)[..., field.index]
    best = maps.max(axis=(1, 2)).argmax()
    assert field.numbers[0] == best
    unit = np.unravel_index(maps[best].argmax(), maps.shape[1:])
    place = parted.receptive_field.to_image(*map(np.array, unit))
    np.testing.assert_allclose(field.peaks[0], place, rtol=1e-6)
    # Squares of 9 pixels around (4, 4), (12, 12), (20, 20), …
    covered = pictures[best : best + 1].copy()
    covered[:, 8:17, 16:25] = covered.mean(axis=(1, 2))
    after = maps_of(parted, of, covered)[0][(*unit, field.index)]
    wanted = 1 - after / maps[best].max()
    assert field.falls[0, 12, 20] == pytest.approx(wanted, abs=1e-4)
    np.testing.assert_allclose(field.images[0], pictures[best])
    assert field.responses[0] == pytest.approx(maps[best].max(), rel=1e-4)


def test_parts_that_are_sure_have_a_field(parted, pictures):
    """Maps within rounding of 1: what covering costs is still seen."""
    kernel = parted.encoder.part_head.conv_2.kernel
    before = np.array(kernel)
    kernel.assign(400 * before)
    try:
        maps = np.asarray(parted(pictures)["part_maps"])
        fields = occlusion_fields(parted, pictures, **COARSE)
    finally:
        kernel.assign(before)
    assert fields and all(field.deepest > 0.1 for field in fields)
    sure = [maps[f.numbers[0], ..., f.index].max() for f in fields]
    assert min(sure) > 1 - 1e-6


def test_batches_change_nothing(parted, pictures):
    """Neither their size nor how the images are handed in."""
    fire = round_fields(parted, pictures, "filters", images_per=1)
    which = [field.index for field in fire[1::-1]]
    given = {**COARSE, "which": which}
    one = occlusion_fields(parted, pictures, "filters", **given)
    given["batch_size"] = 64
    data = tf.data.Dataset.from_tensor_slices(pictures)
    other = occlusion_fields(parted, data, "filters", **given)
    assert [field.index for field in one] == which
    for field, again in zip(one, other, strict=True):
        assert field.numbers == again.numbers
        np.testing.assert_allclose(field.falls, again.falls, atol=1e-4)


def test_an_image_is_covered_once_for_all(parted, pictures):
    """Progress counts each covered image of each chosen image once."""
    seen = []
    fields = occlusion_fields(
        parted, pictures, progress=lambda *told: seen.append(told), **COARSE
    )
    assert [field.name for field in fields] == ["part 1", "part 2", "part 3"]
    images = {number for field in fields for number in field.numbers}
    # 4 × 4 places, and one that covers nothing.
    total = 17 * len(images)
    assert sum(count for count, _ in seen) == total
    assert {whole for _, whole in seen} == {total}
    assert max(count for count, _ in seen) == COARSE["batch_size"]


def test_noise_is_made_of_the_image(parted, pictures):
    """Another fall than under the mean color; the mean stays as it is."""
    mean, noise = (
        occlusion_fields(
            parted, pictures, "top_conv", [0], fill=fill, **COARSE
        )[0]
        for fill in ("mean", "noise")
    )
    assert mean.numbers == noise.numbers
    assert np.abs(mean.falls - noise.falls).max() > 1e-3


@pytest.mark.parametrize(
    ("size", "patch", "stride"),
    [((96, 128), 12, 3), ((224, 224), 24, 6), ((32, 32), 4, 1)],
)
def test_default_squares(size, patch, stride):
    """About a ninth of the image, four steps wide, up to all four borders."""
    occluder = Occluder.of(size, None, None)
    assert occluder.patch == patch
    for starts, side in zip(
        (occluder.rows, occluder.columns), size, strict=True
    ):
        assert (np.diff(starts) == stride).all()
        first, last = starts[0] + patch / 2, starts[-1] + patch / 2
        assert 0 <= first <= stride and side - stride <= last <= side
    stops = len(occluder.rows) * len(occluder.columns)
    assert len(occluder.corners) == 1 + stops
    assert (occluder.corners[0] == size).all()


@pytest.mark.parametrize("patch", [1, 2, 5, 8, 9])
@pytest.mark.parametrize("side", [20, 21, 32, 33])
def test_every_pixel_is_covered(patch, side):
    """Also by squares that do not overlap: what is all alike stays so."""
    for stride in range(1, patch + 1):
        occluder = Occluder.of((side, side), patch, stride)
        ones = np.ones((1, len(occluder.corners) - 1))
        np.testing.assert_allclose(occluder.of_pixels(ones), 1)


def test_mean_over_the_squares_that_cover_a_pixel():
    """By hand, one pixel after the other."""
    occluder = Occluder.of((20, 30), 5, 3)
    values = np.random.default_rng(0).normal(size=(2, len(occluder.corners)))
    values = values[:, 1:]
    found = occluder.of_pixels(values)
    assert found.shape == (2, 20, 30)
    for pixel in [(0, 0), (7, 11), (19, 29), (10, 0)]:
        ahead = np.array(pixel) - occluder.corners[1:]
        covers = ((ahead >= 0) & (ahead < 5)).all(axis=1)
        assert covers.any()
        np.testing.assert_allclose(
            found[:, *pixel], values[:, covers].mean(axis=1)
        )


def test_what_a_unit_of_one_pixel_looks_like():
    """The least area that is told: (1 - ln 2) · 2 of the square's own."""
    occluder = Occluder.of((200, 200), 41, 1)
    ahead = 100 - occluder.corners[1:]
    falls = ((ahead >= 0) & (ahead < 41)).all(axis=1).astype(float)
    (found,) = occluder.of_pixels(falls[None])
    area = (found >= found.max() / 2).sum() / 41**2
    assert area == pytest.approx(2 * (1 - np.log(2)), abs=0.03)
    assert np.unravel_index(found.argmax(), found.shape) == (100, 100)


def test_round_fields(parted, pictures):
    """A disc of the field's size around the peak, without covering."""
    field = round_fields(parted, pictures, "filters", images_per=1)[0]
    centers = (np.arange(32) + 0.5) / 32
    rows = (centers - field.peaks[0, 0])[:, None]
    columns = centers - field.peaks[0, 1]
    # The theoretical field is wider than 0.4 of such small images.
    assert min(parted.receptive_field.size) > 0.4 * 32
    np.testing.assert_array_equal(
        field.falls[0], np.hypot(rows, columns) <= 0.2
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"of": "heads"}, "`of` must be one of parts, filters, top_conv"),
        ({"which": [3]}, "`which` must name parts from 0 to 2, received"),
        ({"which": []}, "`which` must be a list of parts by number"),
        ({"patch": 32}, "`patch` must be smaller than the image, 32 x 32"),
        ({"stride": 0}, "`stride` must be a whole number of 1 or more"),
        ({"stride": 10}, "`stride` must be at most `patch`, 9 pixels"),
        ({"images_per": 0}, "`images_per` must be a whole number"),
        ({"fill": "black"}, "`fill` must be one of mean, noise"),
    ],
)
def test_refused(parted, pictures, given, message):
    """One line that names the argument."""
    with pytest.raises(InputError, match=message):
        occlusion_fields(parted, pictures, **{**COARSE, **given})


def test_parts_that_are_nowhere(parted, pictures):
    """Named: refused; else left out. The maps here are sharper than usual."""
    silence = parted.encoder.part_head.silence
    before = np.array(silence)
    silence.assign([0, 100, 0])
    try:
        with pytest.raises(InputError, match="received part 2; leave them"):
            round_fields(parted, pictures, which=[0, 1])
        fields = round_fields(parted, pictures)
        assert [field.index for field in fields] == [0, 2]
    finally:
        silence.assign(before)


def test_images_in_another_order(parted, pictures):
    """A data set that is shuffled anew would show other images."""
    data = tf.data.Dataset.from_tensor_slices(pictures).shuffle(6, seed=3)
    with pytest.raises(InputError, match="same order each time"):
        occlusion_fields(parted, data, "top_conv", **COARSE)


def test_no_parts(pictures):
    """Filters that belong to none can be asked all the same."""
    explainer = Explainer.from_performer(toy_performer(), preset="filters")
    explainer.calibrate(pictures)
    with pytest.raises(InputError, match="take 'filters'"):
        round_fields(explainer, pictures)
    assert round_fields(explainer, pictures, "filters")
