"""Makers of parts that follow landmarks."""

import numpy as np
import pytest

from tf_explainer.evaluation.part_measures.observed import ObservedParts


def make_points(images=40, landmarks=3, seed=0, hidden=0.0):
    """Returns random landmarks, some of them hidden."""
    generator = np.random.default_rng(seed)
    points = generator.uniform(0.1, 0.9, (images, landmarks, 2))
    points[generator.random((images, landmarks)) < hidden] = np.nan
    return points.astype(np.float32)


def make_parts(points, follows, noise=0.0, seed=0):
    """Returns parts that each lie beside the landmark they follow.

    A part that follows nothing (-1) is at one place in every image; where
    its landmark is hidden, a part is absent. The winner at a landmark is the
    first part that follows it, or the background.
    """
    generator = np.random.default_rng(seed)
    scatter = noise * generator.standard_normal((len(points), len(follows), 2))
    padded = np.pad(points, ((0, 0), (0, 1), (0, 0)))
    places = padded[:, follows] + 0.05 + scatter
    places[:, np.array(follows) < 0] = 0.5
    presence = np.where(np.isnan(places[..., 0]), 0.2, 0.9)
    winners = [
        follows.index(landmark) if landmark in follows else len(follows)
        for landmark in range(points.shape[1])
    ]
    at_landmarks = np.tile(np.array(winners, np.int16), (len(points), 1))
    at_landmarks[np.isnan(points[..., 0])] = -1
    return ObservedParts(
        places.astype(np.float32), presence.astype(np.float32), at_landmarks
    )


@pytest.fixture(scope="session")
def made_points():
    """Maker of landmarks, see `make_points`."""
    return make_points


@pytest.fixture(scope="session")
def made_parts():
    """Maker of parts, see `make_parts`."""
    return make_parts
