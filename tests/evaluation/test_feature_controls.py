"""Controls made of the target feature."""

import numpy as np
import pytest

from tf_explainer.evaluation.controls import FEATURE_CONTROLS


def vectors(count=400, channels=6, seed=0):
    """Sums of two sparse sources, each on its own three channels."""
    generator = np.random.default_rng(seed)
    sources = generator.exponential(1, (count, 2))
    sources *= generator.random((count, 2)) < 0.3
    mixing = np.zeros((2, channels))
    mixing[0, :3], mixing[1, 3:] = (1, 2, 3), (3, 1, 1)
    return sources, (sources @ mixing).astype(np.float32)


@pytest.mark.parametrize("name", FEATURE_CONTROLS.names())
def test_shapes_and_seed(name):
    """As many filters as wanted and possible; one seed, one result."""
    _, found = vectors()
    control = FEATURE_CONTROLS.get(name)
    first, second = control(found, 4, 1), control(found, 4, 1)
    np.testing.assert_array_equal(first.directions, second.directions)
    assert first.directions.shape == (6, 4)
    maps = first.maps(found.reshape(4, 10, 10, 6))
    assert maps.shape == (4, 10, 10, 4)
    assert np.asarray(maps).min() >= 0
    assert control(found[:3], 50, 1).directions.shape == (6, 3)


def test_nmf_recovers_the_sources():
    """Two non-negative sources that overlap in no channel."""
    sources, found = vectors()
    maps = FEATURE_CONTROLS.get("nmf")(found, 2, 0).maps(found)
    r = np.corrcoef(sources.T, np.asarray(maps).T)[:2, 2:]
    np.testing.assert_allclose(r.max(axis=1), 1, atol=0.02)


def test_pca_takes_the_directions_of_most_variance():
    """The first component is the line that the points lie on, turned up."""
    line = np.array([-0.6, 0.8], np.float32)
    along = np.random.default_rng(0).exponential(1, 300).astype(np.float32)
    projection = FEATURE_CONTROLS.get("pca")(along[:, None] * line, 1, 0)
    np.testing.assert_allclose(projection.directions[:, 0], line, atol=1e-5)
    np.testing.assert_allclose(projection.mean, along.mean() * line, atol=1e-5)
