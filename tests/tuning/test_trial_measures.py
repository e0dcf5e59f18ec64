"""What a trial is judged by, on filters whose answer is known."""

import keras
import numpy as np
import pytest

from tf_explainer.evaluation.part_measures.matching import MatchedParts
from tf_explainer.evaluation.peaks import FilterPeaks, LocatedPeaks
from tf_explainer.explainer import Explainer
from tf_explainer.tuning import Limits
from tf_explainer.tuning.measures import (
    TrialMeasures,
    mean_skill,
    measured,
    part_skill,
)

pytestmark = pytest.mark.usefixtures("module_eagerly")


def _located(follows, seed, images=30, dead=0):
    """Filters that each follow a landmark exactly, and some dead ones."""
    points = np.random.default_rng(seed).uniform(0, 1, (images, 2, 2))
    positions = np.concatenate(
        [points[:, follows], np.full((images, dead, 2), np.nan)], axis=1
    )
    strengths = np.where(np.isnan(positions[..., 0]), 0.0, 1.0)
    peaks = FilterPeaks(positions, strengths)
    return LocatedPeaks(peaks, points, np.zeros(images, int))


def test_dead_filters_count_as_a_constant():
    """Two perfect filters and two dead ones: a half, not one."""
    train, test = (_located([0, 1], seed, dead=2) for seed in (0, 1))
    assert mean_skill(train, test) == pytest.approx(0.5)


def test_finders_of_one_part_cover_one_part():
    """All filters perfect, one of two parts found, or both."""
    one = [_located([0, 0, 0], seed) for seed in (0, 1)]
    both = [_located([0, 1, 0], seed) for seed in (0, 1)]
    assert mean_skill(*one) == pytest.approx(1)
    assert part_skill(*one) == pytest.approx(0.5)
    assert part_skill(*both) == pytest.approx(1)


def test_a_bad_filter_is_no_worse_than_no_filter():
    """A part that nothing tells counts 0, not below."""
    train, test = _located([0], 0), _located([0], 1)
    test.peaks.positions[:] = np.random.default_rng(5).random((30, 1, 2))
    assert part_skill(train, test) == 0
    dead = [_located([], seed, dead=1) for seed in (0, 1)]
    assert part_skill(*dead) == 0 and mean_skill(*dead) == 0


@pytest.fixture(scope="module")
def measures(performer, square_data):
    """Of the validation part that a hyper model would take."""
    from tf_explainer.datasets.splits import hold_out

    explainer = Explainer.from_performer(performer)
    data = hold_out(square_data(), 0.25)
    return TrialMeasures(explainer, data, Limits(0.0, 1.0), batch_size=8)


def test_of_a_network(measures, performer, square_data):
    """By definition, from what the explainer says of the images."""
    explainer = Explainer.from_performer(performer, preset="filters")
    held = measures.dataset.splits["test"]
    images = np.concatenate(list(held.batches(64)))
    explainer.calibrate(images)
    found = measures.of(explainer)
    out = explainer(images)
    own, rebuilt = (
        np.mean(out[key].numpy().argmax(axis=1) == held.labels)
        for key in ("performer_scores", "scores")
    )
    assert found["delta_error"] == pytest.approx(100 * (own - rebuilt))
    assert found["p"] == pytest.approx(explainer.p)
    live = (out["peak_strengths"].numpy() > 0).any(axis=0)
    assert found["alive"] == live.sum()
    penalty = Limits(0.0, 1.0).penalty(found["delta_error"], found["p"])
    assert penalty > 0
    assert found["limited_proxy"] == pytest.approx(found["proxy"] - penalty)
    assert found["limited_skill"] == pytest.approx(
        (found["skill"] + found["part_skill"]) / 2 - penalty
    )
    trained = {"loss", "reconstruction_loss", "seconds"}
    assert {*found, *trained} == set(measured(measures.dataset))


def test_of_parts(measures, performer):
    """One to one, erased regions, and what is lost without all parts."""
    keras.utils.set_random_seed(3)
    explainer = Explainer.from_performer(performer, parts=3)
    held = measures.dataset.splits["test"]
    images = np.concatenate(list(held.batches(64)))
    explainer.calibrate(images)
    found = measures.of(explainer)
    trained = {"loss", "reconstruction_loss", "seconds"}
    assert {*found, *trained} == set(measured(measures.dataset, 3))
    penalty = Limits(0.0, 1.0).penalty(found["delta_error"], found["p"])
    shares = {"fidelity": found["apart"] * found["follows"]}
    for name, share in {**shares, "one_to_one": found["apart"]}.items():
        counts = min(found[name], found[name] * share)
        assert found[f"limited_{name}"] == pytest.approx(counts - penalty)
    pieces = explainer.contributions(images)
    lost, score = np.sum(pieces.together), np.sum(pieces.score)
    # Nothing can be lost of a score that speaks against the class.
    share = lost / score if score > 0 else 0.0
    assert found["removal"] == pytest.approx(share, rel=1e-2)
    located = []
    for split in (measures.dataset.splits["train"], held):
        out = explainer.predict(
            np.concatenate(list(split.batches(64))), verbose=0
        )
        places, presence = out["part_places"], out["part_presence"]
        places[places < 0] = np.nan
        peaks = FilterPeaks(
            places, np.where(np.isnan(places[..., 0]), 0, presence)
        )
        located.append(LocatedPeaks(peaks, split.landmarks, split.labels))
    value = np.nan_to_num(MatchedParts.of(*located).value)
    assert found["one_to_one"] == pytest.approx(value, abs=1e-3)


def test_without_landmarks_there_is_no_skill(square_data):
    """The names say so before anything is trained."""
    names = measured(square_data_without(square_data))
    assert "limited_proxy" in names and "skill" not in names


def square_data_without(square_data):
    """Held-out parts without landmarks."""
    from tf_explainer.datasets.splits import hold_out

    return hold_out(square_data(landmarks=False), 0.25)
