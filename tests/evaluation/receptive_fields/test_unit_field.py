"""Averages of moved maps, and the calibrated size, by hand."""

import numpy as np
import pytest

from tf_explainer.evaluation.receptive_fields import UnitField
from tf_explainer.evaluation.receptive_fields.unit_field import aligned_mean


def spots(places, size=20, height=1.0):
    """Maps with a square of 3 × 3 pixels around each place."""
    maps = np.zeros((len(places), size, size), np.float32)
    for one, (row, column) in zip(maps, places, strict=True):
        one[row - 1 : row + 2, column - 1 : column + 2] = height
    return maps


def field_of(falls, peaks):
    """A field of these maps."""
    return UnitField(
        of="filters",
        index=0,
        name="filter 0",
        numbers=tuple(range(len(falls))),
        images=np.zeros((*falls.shape, 3)),
        peaks=peaks,
        responses=np.ones(len(falls)),
        falls=falls,
        mean=aligned_mean(falls, peaks),
    )


def test_peaks_meet_in_the_center():
    """Spots two pixels below their peaks stay two pixels below."""
    places = np.array([(5, 7), (9, 9), (12, 10)])
    peaks = (places - (2, 0) + 0.5) / 20
    mean = aligned_mean(spots(places), peaks)
    wanted = np.zeros((21, 21))
    wanted[11:14, 9:12] = 1
    assert mean.shape == (21, 21)
    np.testing.assert_array_equal(np.nan_to_num(mean), wanted)


def test_where_few_images_reach():
    """Known by half of the images or more; the mean is of those."""
    peaks = (np.array([(0, 10), (19, 10), (19, 10)]) + 0.5) / 20
    falls = np.ones((3, 20, 20))
    falls[0] = 4
    mean = aligned_mean(falls, peaks)
    # Below the peak only the first image reaches, above it the two others.
    assert np.isnan(mean[11:]).all()
    assert mean[0, 10] == 1 and mean[10, 10] == 2


def test_size_is_the_area_above_half():
    """9 of 400 pixels; a pedestal below half of the height adds nothing."""
    peaks = np.full((2, 2), 10.5 / 20)
    falls = np.maximum(spots([(10, 10)] * 2, height=0.5), 0.2)
    field = field_of(falls, peaks)
    assert field.deepest == pytest.approx(0.5)
    assert field.size == pytest.approx(9 / 400)
    assert field.found
    for none in (0 * falls, 0.019 * falls):
        assert not field_of(none, peaks).found
        assert np.isnan(field_of(none, peaks).size)
    assert np.isnan(field_of(-falls, peaks).size)
