"""The crop of an object, and where its landmarks go."""

import numpy as np
import pytest
from PIL import Image

from tf_explainer.datasets.crops.objects import Box, cut_out

IMAGE = Image.fromarray(
    np.arange(100 * 200, dtype="uint16").reshape(100, 200).astype("uint8")
).convert("RGB")
PLACES = {"head": (30.0, 60.0), "tail": (90.0, 60.0)}
NAMES = ("tail", "head", "neck")


def test_landmarks_move_along():
    """By hand: a box of 40 x 80 from (20, 50); the tail lies outside."""
    crop, places = cut_out(IMAGE, Box(20, 50, 60, 130), 0.0, PLACES, NAMES)
    assert crop.size == (80, 40)
    np.testing.assert_array_equal(
        np.asarray(crop)[0, 0], IMAGE.getpixel((50, 20))
    )
    np.testing.assert_allclose(
        places, [[np.nan] * 2, [10 / 40, 10 / 80], [np.nan] * 2]
    )


def test_context_reaches_as_far_as_the_image():
    """A quarter of 40 x 80 on each side, cut off at the left edge."""
    crop, places = cut_out(IMAGE, Box(20, 10, 60, 90), 0.25, PLACES, NAMES)
    assert crop.size == (110, 60)
    np.testing.assert_allclose(places[1], [20 / 60, 60 / 110])


def test_box_one_pixel_too_far_is_clipped():
    """Boxes counted from 0 beside others counted from 1."""
    crop, _ = cut_out(IMAGE, Box(-1, -1, 101, 200), 0.0, {}, ())
    assert crop.size == IMAGE.size


@pytest.mark.parametrize(
    "box",
    [
        Box(20, 50, 20, 130),
        Box(60, 50, 20, 130),
        Box(20, 50, 60, 240),
        Box(-30, 50, 60, 130),
        Box(100, 50, 101, 130),
        Box(float("nan"), 50, 60, 130),
    ],
)
def test_wrong_box(box):
    """Empty, turned over, or outside: the edges are told."""
    with pytest.raises(ValueError, match=r"box \(top, left.*100 x 200 pixels"):
        cut_out(IMAGE, box, 0.0, {}, ())
