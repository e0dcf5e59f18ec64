"""Spatial entropy by hand."""

import numpy as np

from tf_explainer.evaluation.metrics.parts import map_entropies, spatial_entropy
from tf_explainer.evaluation.peaks import FilterPeaks


def test_maps_by_hand():
    """One unit 0, two of four equal 1/2, all equal 1, silent 0."""
    maps = np.zeros((1, 2, 2, 4), np.float32)
    maps[0, 0, 0, 0] = 3
    maps[0, 0, :, 1] = 7
    maps[..., 2] = 0.1
    maps[..., 3] = -1
    np.testing.assert_allclose(map_entropies(maps), [[0, 0.5, 1, 0]], atol=1e-6)


def test_mean_over_what_fires(scattered):
    """Silent images and dead filters do not count."""
    found = scattered(4, 3, 1)
    strengths = np.array([[1, 1, 0], [1, 0, 0], [1, 0, 0], [1, 0, 0]], float)
    positions = np.where(strengths[..., None] > 0, [0.5, 0.5], np.nan)
    entropies = np.where(strengths > 0, [[0.2, 0.8, 0]], np.nan)
    located = found.with_peaks(FilterPeaks(positions, strengths, entropies))
    np.testing.assert_allclose(spatial_entropy(located, located), 0.5)


def test_no_maps_seen(scattered):
    """A control has peaks and no maps."""
    found = scattered(4, 3, 1)
    bare = FilterPeaks(found.peaks.positions, found.peaks.strengths)
    located = found.with_peaks(bare)
    assert np.isnan(spatial_entropy(located, located))
