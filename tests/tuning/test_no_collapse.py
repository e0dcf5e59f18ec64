"""What a search is for by default cannot be had by collapsed parts."""

import numpy as np
import pytest

from tf_explainer.evaluation.label_free import filter_equivariance
from tf_explainer.evaluation.moved_images import Views
from tf_explainer.evaluation.part_measures.matching import MatchedParts
from tf_explainer.evaluation.peaks import FilterPeaks, LocatedPeaks
from tf_explainer.explainer import Explainer
from tf_explainer.tuning import ExplainerHyperModel, Limits
from tf_explainer.tuning.measures import TrialMeasures
from tf_explainer.tuning.part_trials import collapse_proof, parts_apart

PARTS, IMAGES = 6, 200
GRID = np.array([(r, c) for r in (0.2, 0.8) for c in (0.2, 0.5, 0.8)])


def _landmarks(seed, landmarks):
    """An object of `landmarks` parts that lie apart, anywhere."""
    draw = np.random.default_rng(seed)
    body = draw.uniform(0.25, 0.75, (IMAGES, 1, 2))
    own = 0.22 * np.stack(
        [
            np.sin(2 * np.pi * np.arange(landmarks) / landmarks),
            np.cos(2 * np.pi * np.arange(landmarks) / landmarks),
        ],
        axis=-1,
    )
    return body + own + draw.normal(0, 0.02, (IMAGES, landmarks, 2))


def _honest(points, seed, noise):
    """Parts that each find a place of the object, less than exactly."""
    draw = np.random.default_rng(seed + 100)
    middle = points.mean(axis=1, keepdims=True)
    turned = [points, 2 * middle - points[:, ::-1] + 0.05]
    places = np.concatenate(turned * PARTS, axis=1)[:, :PARTS]
    # Where there are fewer landmarks than parts, the rest lies around.
    places = places + 0.15 * (GRID - 0.5) * (points.shape[1] < 3)
    return places + draw.normal(0, noise, places.shape)


def _crowd(points, seed, noise):
    """All parts on the first landmark, exactly."""
    return np.repeat(points[:, :1], PARTS, axis=1)


def _crowd_within_a_cell(points, seed, noise):
    """All parts near the first landmark, nearer than told apart."""
    draw = np.random.default_rng(seed)
    places = _crowd(points, seed, noise)
    return places + draw.uniform(-0.03, 0.03, places.shape)


def _constant(points, seed, noise):
    """Each part at a place of its own, whatever the image."""
    return np.repeat(GRID[None], len(points), axis=0)


def _one_alone(points, seed, noise):
    """One part on its landmark, no other one there."""
    places = _crowd(points, seed, noise)
    places[:, 1:] = np.nan
    return places


def _peaks(places):
    return FilterPeaks(places, np.where(np.isnan(places[..., 0]), 0.0, 1.0))


def _counted(kind, landmarks, fidelity, noise=0.05):
    """What the objectives make of parts, before the limits."""
    train, test = (
        LocatedPeaks(
            _peaks(kind(points, seed, noise)), points, np.zeros(IMAGES, int)
        )
        for seed, points in (
            (seed, _landmarks(seed, landmarks)) for seed in (0, 1)
        )
    )
    views = Views.draw(IMAGES, 0, flip=True)
    moved = views.points(_landmarks(1, landmarks))
    after = _peaks(kind(moved, 1, noise))
    follows = filter_equivariance(test.peaks, after, views)
    return collapse_proof(
        {
            "one_to_one": np.nan_to_num(MatchedParts.of(train, test).value),
            "fidelity": fidelity,
            "apart": parts_apart(test.peaks),
            "follows": np.clip(np.nan_to_num(follows), 0, 1).mean(),
        }
    )


COLLAPSED = [_crowd, _crowd_within_a_cell, _constant, _one_alone]


@pytest.mark.parametrize("landmarks", [1, 2, 3, 5])
@pytest.mark.parametrize("kind", COLLAPSED, ids=lambda kind: kind.__name__)
def test_collapsed_parts_never_beat_honest_ones(kind, landmarks):
    """Though they know exactly what they cost, and the honest ones do not."""
    honest = _counted(_honest, landmarks, fidelity=0.3)
    collapsed = _counted(kind, landmarks, fidelity=1.0)
    for name in ("one_to_one", "fidelity"):
        assert honest[name] > 0.1
        assert collapsed[name] < 0.05 < honest[name], name


def test_what_is_negative_is_not_made_better():
    """Else crowded parts that say the contrary would be as good as 0."""
    found = {"fidelity": -0.5, "apart": 0.0, "follows": 0.0}
    assert collapse_proof(found) == {"fidelity": -0.5}


def test_pairs_that_lie_apart():
    """By hand: of three pairs one is far, of an image with one part none."""
    nan = np.nan
    places = np.array(
        [
            [(0.5, 0.5), (0.5, 0.55), (0.5, 0.62)],
            [(0.5, 0.5), (nan, nan), (nan, nan)],
            [(0.1, 0.1), (nan, nan), (0.9, 0.9)],
            [(nan, nan), (nan, nan), (nan, nan)],
        ]
    )
    assert parts_apart(_peaks(places)) == pytest.approx((1 / 3 + 0 + 1 + 0) / 4)


@pytest.mark.parametrize("landmarks", [True, False])
def test_it_is_what_a_search_is_for(performer, square_data, landmarks):
    """Unless the user says otherwise."""
    model = ExplainerHyperModel(
        performer, square_data(landmarks), {"parts": 3}, 2
    )
    name = "limited_one_to_one" if landmarks else "limited_fidelity"
    assert model.objective().name == name
    assert model.objective().direction == "max"


@pytest.mark.parametrize("landmarks", [True, False])
@pytest.mark.parametrize("kind", ["crowd", "constant"])
@pytest.mark.usefixtures("eagerly")
def test_explainer_with_collapsed_parts(
    kind, landmarks, performer, square_data, monkeypatch
):
    """Measured as in a trial, on a real explainer: worth nothing."""
    from tf_explainer.datasets.splits import hold_out

    explainer = Explainer.from_performer(performer, parts=3)
    data = hold_out(square_data(landmarks), 0.25)
    explainer.calibrate(np.concatenate(list(data.splits["train"].batches(64))))
    measures = TrialMeasures(
        explainer, data, Limits(100.0, 0.0), batch_size=8, views=0
    )
    _collapse(explainer, kind, monkeypatch)
    found = measures.of(explainer)
    names = ["limited_fidelity"] + ["limited_one_to_one"] * landmarks
    for name in names:
        assert found[name] < 0.05, (name, found)


def _collapse(explainer, kind, monkeypatch):
    """Parts that share the brightest place, or have one of their own."""
    head = explainer.encoder.part_head

    def logits(inputs):
        inputs = np.asarray(inputs)
        bright = inputs.mean(axis=-1, keepdims=True)
        if kind == "constant":
            maps = np.zeros((*bright.shape[:3], 4), np.float32)
            for part in range(3):
                maps[:, part, part, part] = 9.0
            return maps
        place = 9.0 * (bright == bright.max(axis=(1, 2), keepdims=True))
        nothing = np.zeros_like(bright)
        return np.concatenate([place] * 3 + [nothing], -1).astype(np.float32)

    monkeypatch.setattr(head, "logits", logits)
