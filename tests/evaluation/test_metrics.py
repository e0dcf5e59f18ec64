"""What holds for every measure and control, also one added later."""

import time

import numpy as np
import pytest

from tf_explainer.evaluation.controls import CONTROLS, FEATURE_CONTROLS
from tf_explainer.evaluation.metrics import METRICS
from tf_explainer.evaluation.metrics.location import location_instability
from tf_explainer.evaluation.metrics.skills import skill


def test_required_names_are_registered():
    """The names that `result.json` promises."""
    assert {
        "alive",
        "coverage",
        "location_instability",
        "pck",
        "share_above_constant",
        "skill",
        "skill_own_category",
    } <= set(METRICS.names())
    assert {"constant_center", "constant_mean", "random", "shuffled"} <= set(
        CONTROLS.names()
    )
    assert {"nmf", "pca"} <= set(FEATURE_CONTROLS.names())


@pytest.mark.parametrize("name", METRICS.names())
def test_every_metric_returns_one_number(scattered, name):
    """A plain finite number where there is something to measure."""
    metric = METRICS.get(name)
    value = metric(scattered(30, 6, 3, seed=1), scattered(30, 6, 3, seed=2))
    assert isinstance(value, int | float)
    assert np.isfinite(value)


@pytest.mark.parametrize("name", METRICS.names())
def test_every_metric_ignores_a_dead_filter(scattered, located, name):
    """A filter that never fires changes no number."""
    metric = METRICS.get(name)
    plain = [scattered(30, 6, 3, seed=seed) for seed in (1, 2)]
    padded = [
        located(
            np.pad(
                one.peaks.positions,
                ((0, 0), (0, 1), (0, 0)),
                constant_values=np.nan,
            ),
            one.landmarks,
            one.labels,
            np.pad(one.peaks.strengths, ((0, 0), (0, 1))),
        )
        for one in plain
    ]
    np.testing.assert_allclose(metric(*padded), metric(*plain), rtol=1e-9)


@pytest.mark.parametrize("name", METRICS.names())
def test_every_metric_is_quick(name, scattered):
    """512 filters, 2,000 images, 15 landmarks: about a second."""
    train = scattered(2000, 512, 15, seed=1)
    start = time.process_time()
    METRICS.get(name)(train, train)
    assert time.process_time() - start < 4


@pytest.mark.parametrize("name", CONTROLS.names())
def test_every_control_is_deterministic(scattered, name):
    """One seed, one result; the images stay as they are."""
    train, test = scattered(20, 2, 2, seed=1), scattered(25, 2, 2, seed=2)
    first = CONTROLS.get(name)(train, test, 7)
    second = CONTROLS.get(name)(train, test, 7)
    for one, other, given in zip(first, second, (train, test), strict=True):
        np.testing.assert_array_equal(
            one.peaks.positions, other.peaks.positions
        )
        np.testing.assert_array_equal(
            one.peaks.strengths, other.peaks.strengths
        )
        assert one.landmarks is given.landmarks
        assert one.labels is given.labels


@pytest.mark.parametrize("name", ["constant_center", "constant_mean", "random"])
def test_rules_never_fall_silent(scattered, name):
    """A rule that knows nothing of the image fires on every one."""
    splits = CONTROLS.get(name)(
        scattered(20, 2, 2, seed=1), scattered(25, 2, 2, seed=2), 7
    )
    assert all(split.peaks.fires.all() for split in splits)


@pytest.mark.parametrize("name", ["constant_center", "constant_mean"])
def test_constants_have_skill_zero(scattered, name):
    """That is what 0 means."""
    splits = CONTROLS.get(name)(
        scattered(40, 1, 3, seed=1), scattered(40, 1, 3, seed=2), 0
    )
    np.testing.assert_allclose(skill(*splits), 0, atol=1e-6)


def test_center_by_hand(located):
    """Distances to (0.5, 0.5) of two categories, each with its own spread."""
    landmarks = [[[0.5, 0.5]], [[0.5, 0.7]], [[0.5, 0.5]], [[0.5, 0.9]]]
    found = located(np.zeros((4, 1, 2)), landmarks, labels=[0, 0, 1, 1])
    splits = CONTROLS.get("constant_center")(found, found, 0)
    expected = np.mean([np.std([0, 0.2], ddof=1), np.std([0, 0.4], ddof=1)])
    np.testing.assert_allclose(
        location_instability(*splits), expected / 2**0.5, rtol=1e-5
    )


def test_mean_takes_the_steadiest_landmark(located):
    """Landmark 1 moves on a circle around its mean: distance never changes."""
    landmarks = [
        [[0.1, 0.1], [0.4, 0.5]],
        [[0.1, 0.3], [0.6, 0.5]],
        [[0.1, 0.1], [0.5, 0.4]],
        [[0.1, 0.3], [0.5, 0.6]],
    ]
    found = located(np.zeros((4, 1, 2)), landmarks)
    _, test = CONTROLS.get("constant_mean")(found, found, 0)
    np.testing.assert_allclose(
        test.peaks.positions, np.full((4, 1, 2), 0.5), atol=1e-6
    )


def test_random_is_worse_than_a_constant(scattered):
    """Its skill is far below 0."""
    splits = CONTROLS.get("random")(
        scattered(200, 1, 2, seed=1), scattered(200, 1, 2, seed=2), 0
    )
    assert skill(*splits) < -0.5
