"""FilterPeaks: silence, life, and what it refuses."""

import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.evaluation.peaks import FilterPeaks


def test_live_is_one_percent_of_the_images():
    """1 of 100 images is enough, 1 of 101 is not."""
    for images, expected in ((100, [True, False]), (101, [False, False])):
        strengths = np.zeros((images, 2))
        strengths[0, 0] = 3.0
        positions = np.full((images, 2, 2), np.nan)
        positions[0, 0] = 0.5
        live = FilterPeaks(positions, strengths).live
        np.testing.assert_array_equal(live, expected)


def test_no_images_means_no_live_filter():
    """An empty split has no mean to take."""
    peaks = FilterPeaks(np.zeros((0, 3, 2)), np.zeros((0, 3)))
    np.testing.assert_array_equal(peaks.live, [False] * 3)


def test_rejects_shapes_that_do_not_belong_together():
    """The message shows both shapes."""
    with pytest.raises(InputError, match=r"\(2, 3, 2\) and \(2, 4\)"):
        FilterPeaks(np.zeros((2, 3, 2)), np.zeros((2, 4)))


def test_rejects_a_position_without_strength():
    """A corner must not pass for the peak of an empty map."""
    with pytest.raises(InputError, match="NaN exactly where"):
        FilterPeaks(np.zeros((1, 1, 2)), np.zeros((1, 1)))
