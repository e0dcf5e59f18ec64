"""Heats of a score: completeness, and Grad-CAM by its definition."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.errors import InputError
from tf_explainer.evaluation.causal.performer_claims import (
    grad_cam_heat,
    grad_cam_maps,
    weighted_by_slope,
)
from tf_explainer.evaluation.grad_cam import grad_cams
from tf_explainer.evaluation.part_measures.reading import maps_of_pixels
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.class_scores import LogitHead
from tf_explainer.testing import toy_images, toy_performer


@pytest.fixture(scope="module")
def pictures():
    """Five random images."""
    return toy_images(5)


@pytest.fixture(scope="module")
def explainer(pictures):
    """An explainer of three parts, calibrated."""
    made = Explainer.from_performer(toy_performer(), parts=3)
    made.calibrate(pictures)
    return made


@pytest.fixture(scope="module")
def heats(explainer, pictures):
    """Of category 2, in batches of 2."""
    return grad_cams(explainer, pictures, 2, batch_size=2)


def test_parts_are_their_contributions(explainer, pictures, heats):
    """The strongest two, and what each gives, as `contributions` says."""
    parts = explainer.contributions(pictures, 2, kind="gradient").parts.numpy()
    order = np.argsort(-parts, axis=1)[:, :2]
    np.testing.assert_array_equal(heats.strongest, order)
    wanted = np.take_along_axis(parts, order, axis=1)
    np.testing.assert_allclose(heats.given, wanted, rtol=1e-3, atol=1e-5)
    assert heats.names == ("part 1", "part 2", "part 3")
    assert heats.parts.shape == (5, 32, 32, 2)


def test_a_part_s_heat_lies_where_its_filters_give(explainer, pictures, heats):
    """Read at the units' centers, the heat adds up to what the part gives."""
    field = explainer.receptive_field
    pixels = np.floor(field.centers * 32).astype(int)
    rows, columns = pixels[..., 0], pixels[..., 1]
    for heat, given in zip(heats.parts, heats.given, strict=True):
        total = heat[rows, columns].sum(axis=(0, 1))
        # A center may lie between two pixels.
        np.testing.assert_allclose(
            total, given, rtol=0.2, atol=0.05 * np.abs(given).max()
        )


def test_interp_2_by_definition(explainer, pictures, heats):
    """ReLU of the maps weighted by their mean slope, on the image."""
    features = explainer.attachment.features(pictures)
    encoded = explainer.encode(features)
    logits_of = LogitHead(explainer.attachment.head)
    with tf.GradientTape() as tape:
        tape.watch(encoded.interp_2)
        output = explainer.encoder.mixed(encoded.interp_2, encoded.ordinary)
        logits = logits_of(explainer.decoder(output)["fc7"])[:, 2]
    slopes = tape.gradient(logits, encoded.interp_2).numpy()
    maps = encoded.interp_2.numpy()
    cam = np.einsum("bhwf,bf->bhw", maps, slopes.mean(axis=(1, 2)))
    field = explainer.receptive_field
    wanted = maps_of_pixels(np.maximum(cam, 0)[..., None], (32, 32), field)
    np.testing.assert_allclose(
        heats.interp_2, wanted[..., 0], rtol=1e-3, atol=1e-6
    )


def test_top_conv_is_the_claim_s_heat(explainer, pictures, heats):
    """The same units as `grad_cam_heat`, put where their fields are."""
    chosen = np.full(len(pictures), 2)
    units = np.asarray(grad_cam_maps(explainer, pictures, chosen))
    field = explainer.receptive_field
    wanted = maps_of_pixels(units[..., None], (32, 32), field)[..., 0]
    np.testing.assert_allclose(heats.top_conv, wanted, rtol=1e-3, atol=1e-6)
    resized = tf.image.resize(units[..., None], (32, 32))[..., 0]
    np.testing.assert_allclose(
        grad_cam_heat(explainer, pictures, chosen), resized, rtol=1e-5
    )


def test_weighted_by_slope_by_hand():
    """Two channels with mean slopes 1 and -2."""
    maps = np.array([[[[3.0, 1.0], [1.0, 1.0]]]], np.float32)
    slopes = np.array([[[[2.0, -4.0], [0.0, 0.0]]]], np.float32)
    found = weighted_by_slope(tf.constant(maps), tf.constant(slopes))
    np.testing.assert_allclose(found, [[[1.0, 0.0]]])


def test_filters_where_there_are_no_parts(pictures):
    """Each filter is one of its own; the performer's category by default."""
    plain = Explainer.from_performer(toy_performer(), preset="filters")
    plain.calibrate(pictures)
    heats = grad_cams(plain, pictures, strongest=3)
    scores = plain(pictures)["performer_scores"]
    np.testing.assert_array_equal(heats.categories, np.argmax(scores, axis=1))
    filters = plain.contributions(pictures, kind="gradient").filters.numpy()
    best = np.sort(filters, axis=1)[:, ::-1][:, :3]
    np.testing.assert_allclose(heats.given, best, rtol=1e-3, atol=1e-5)
    assert heats.names[1] == "filter 1"


def test_refused(explainer, pictures):
    """One line that names the argument."""
    with pytest.raises(InputError, match=r"`category` must lie in \[0, 2\]"):
        grad_cams(explainer, pictures, 3)
    with pytest.raises(InputError, match="`strongest` must be a whole"):
        grad_cams(explainer, pictures, strongest=0)
