"""Rings and crosses lie where peaks and landmarks are."""

import numpy as np
import pytest

from tf_explainer.visualization.tiles import peak_tile

GRAY = np.full((50, 50, 3), 128, np.uint8)
NOWHERE = np.full(2, np.nan)


def pixels_like(tile, color):
    """Centroid (row, column) in fractions, and extent, of a color."""
    close = np.abs(tile.astype(int) - color).max(axis=-1) < 40
    rows, columns = np.nonzero(close)
    assert len(rows), "the color is not in the tile"
    center = np.array([rows.mean(), columns.mean()]) + 0.5
    extent = np.array([np.ptp(rows), np.ptp(columns)]) + 1
    return center / tile.shape[:2], extent / tile.shape[:2]


def test_ring_around_the_peak():
    """Yellow, centered at (0.3, 0.6), as wide as the field."""
    tile = peak_tile(GRAY, np.array([0.3, 0.6]), (0.2, 0.3), size=200)
    center, extent = pixels_like(tile, (240, 228, 66))
    np.testing.assert_allclose(center, (0.3, 0.6), atol=0.01)
    np.testing.assert_allclose(extent, (0.2, 0.3), atol=0.03)


def test_large_field_is_cut():
    """A field larger than the image would say nothing."""
    tile = peak_tile(GRAY, np.array([0.5, 0.5]), (1.5, 1.5), size=200)
    _, extent = pixels_like(tile, (240, 228, 66))
    np.testing.assert_allclose(extent, (0.4, 0.4), atol=0.03)


def test_cross_at_the_landmark():
    """Blue, centered at (0.7, 0.2)."""
    tile = peak_tile(GRAY, NOWHERE, (0.2, 0.2), np.array([0.7, 0.2]), 200)
    center, _ = pixels_like(tile, (86, 180, 233))
    np.testing.assert_allclose(center, (0.7, 0.2), atol=0.01)


@pytest.mark.parametrize("landmark", [None, NOWHERE])
def test_silent_and_hidden_draw_nothing(landmark):
    """The image stays as it is."""
    tile = peak_tile(GRAY, NOWHERE, (0.2, 0.2), landmark)
    np.testing.assert_array_equal(tile, np.full((160, 160, 3), 128))


def test_proportions_are_kept():
    """A wide image stays wide."""
    wide = np.zeros((30, 60, 3), np.uint8)
    tile = peak_tile(wide, np.array([0.5, 0.5]), (0.2, 0.2), size=100)
    assert tile.shape == (50, 100, 3)


def test_peak_at_the_edge():
    """Half a ring is drawn, nothing breaks."""
    tile = peak_tile(GRAY, np.array([0.0, 1.0]), (0.3, 0.3), np.zeros(2))
    center, _ = pixels_like(tile, (240, 228, 66))
    assert center[0] < 0.2 and center[1] > 0.8
