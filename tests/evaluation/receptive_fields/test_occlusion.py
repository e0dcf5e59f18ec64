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
    """What the explainer itself says of images."""
    if of == "parts":
        return np.asarray(explainer(images)["part_maps"])
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
    # Squares of 9 pixels around (3, 3), (11, 11), (19, 19), …
    covered = pictures[best : best + 1].copy()
    covered[:, 7:16, 15:24] = covered.mean(axis=(1, 2))
    after = maps_of(parted, of, covered)[0][(*unit, field.index)]
    wanted = 1 - after / maps[best].max()
    assert field.falls[0, 11, 19] == pytest.approx(wanted, abs=1e-4)
    np.testing.assert_allclose(field.images[0], pictures[best])
    assert field.responses[0] == pytest.approx(maps[best].max(), rel=1e-4)


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


def test_default_squares():
    """A ninth of the image, in steps of a quarter, up to all four borders."""
    occluder = Occluder.of((96, 128), None, None)
    assert occluder.patch == 11
    centers = occluder.rows + 5
    assert (np.diff(centers) == 3).all()
    assert centers[0] == 95 - centers[-1] == 1
    assert len(occluder.corners) == 1 + len(occluder.rows) * len(
        occluder.columns
    )
    assert (occluder.corners[0] == (96, 128)).all()


def test_values_between_centers():
    """What is linear in the place is read off exactly, flat beyond."""
    occluder = Occluder.of((20, 30), 4, 5)
    down, across = occluder.rows + 1.5, occluder.columns + 1.5
    values = 2 * down[:, None] + across
    (found,) = occluder.of_pixels(values.reshape(1, -1))
    rows = np.clip(np.arange(20), down[0], down[-1])
    columns = np.clip(np.arange(30), across[0], across[-1])
    np.testing.assert_allclose(found, 2 * rows[:, None] + columns)


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
