"""Makers of hand-made peaks and landmarks."""

import numpy as np
import pytest

from tf_explainer.evaluation.peaks import FilterPeaks, LocatedPeaks


def make_located(positions, landmarks, labels=None, strengths=None):
    """Returns `LocatedPeaks`; a NaN position is a silent filter."""
    positions = np.asarray(positions, np.float32)
    silent = np.isnan(positions[..., 0])
    if strengths is None:
        strengths = np.ones(positions.shape[:2])
    strengths = np.where(silent, 0, strengths).astype(np.float32)
    if labels is None:
        labels = np.zeros(len(positions), int)
    return LocatedPeaks(
        FilterPeaks(positions, strengths),
        np.asarray(landmarks, np.float32),
        np.asarray(labels),
    )


def make_scattered(images, filters, landmarks, seed=0, hidden=0.2, silent=0.2):
    """Returns random peaks and landmarks, some hidden and some silent."""
    generator = np.random.default_rng(seed)
    positions = generator.random((images, filters, 2))
    positions[generator.random((images, filters)) < silent] = np.nan
    points = generator.random((images, landmarks, 2))
    points[generator.random((images, landmarks)) < hidden] = np.nan
    return make_located(
        positions,
        points,
        labels=generator.integers(0, 3, images),
        strengths=generator.random((images, filters)) + 0.1,
    )


@pytest.fixture(scope="session")
def located():
    """Maker of `LocatedPeaks` from nested lists."""
    return make_located


@pytest.fixture(scope="session")
def scattered():
    """Maker of random `LocatedPeaks`."""
    return make_scattered
