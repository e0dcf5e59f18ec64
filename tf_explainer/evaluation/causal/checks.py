"""All checks on drawn animals, in one table."""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np

from tf_explainer.datasets.drawn_animals import CATEGORIES, PART_NAMES
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.errors import InputError
from tf_explainer.evaluation.causal import CLAIMS
from tf_explainer.evaluation.causal.claims import Claimed
from tf_explainer.evaluation.causal.drawn_cases import DrawnCases
from tf_explainer.evaluation.causal.filters import filter_checks
from tf_explainer.evaluation.causal.score_changes import ScoreChanges, Seen, see
from tf_explainer.evaluation.metrics.skills import filter_skill
from tf_explainer.evaluation.observation import UNTRAINED, Observation
from tf_explainer.evaluation.observing import CALIBRATION_IMAGES
from tf_explainer.evaluation.peaks import FilterPeaks
from tf_explainer.explainer import Explainer


def causal_checks(
    explainer: Explainer,
    dataset: PartDataset,
    observation: Observation,
    images: int = 60,
    batch_size: int = 32,
    seed: int = 0,
) -> dict[str, Any]:
    """Removes, moves and exchanges parts, and sees what comes of it.

    Args:
        explainer: A trained `Explainer` of drawn animals.
        dataset: What it was evaluated on.
        observation: What `observe` saw with the same seed; it says which part
            each filter stands for.
        images: Number of animals to draw.
        batch_size: Images at a time.
        seed: Seed of the drawings and of the untrained control.

    Returns:
        JSON values: counts of `images`, `cases` and `filters` that stand for
        a part; what `filter_checks` finds of these; the same with
        `_untrained` before training, the control, where every live filter
        stands for the landmark that it tells best on the training images:
        hardly any random filter tells one better than a constant; `claims`,
        name to the rank correlations of claimed and measured contributions:
        `by_image` (over the parts of an image, mean over images),
        `by_category` (of means over the images of a category) and `pasted`
        (of the changes when a part is exchanged, over the exchanges of an
        image); `explained`, the same of what the explainer's own score loses,
        and `explained_untrained`. Intervals stand beside their numbers. What
        cannot be computed is left out, as is a claim that is the same for all
        parts.

    Raises:
        InputError: If the data set does not hold drawn animals.
    """
    if not set(CATEGORIES) & set(dataset.categories):
        raise InputError(
            "`dataset` must hold drawn animals, whose parts can be removed; "
            f"received {dataset.name!r}."
        )
    size = explainer.receptive_field.image[0]
    cases = DrawnCases.draw(dataset.categories, images, size, seed)
    twin = _twin(explainer, dataset, batch_size, seed)
    asked = {
        "explainer": explainer,
        "untrained": twin,
        "standing": _standing(observation, "interp_2"),
        "untrained_standing": _told_best(observation, UNTRAINED),
    }
    seen, blind = (
        _seen(cases, see(who, batch_size)) for who in (explainer, twin)
    )
    measured = ScoreChanges.of(cases, *(look.logits for look in seen.scored))
    return {
        "images": len(cases.images),
        "cases": len(cases.part),
        "filters": int((asked["standing"] >= 0).sum()),
        **filter_checks(cases, asked["standing"], *seen.peaks, seed),
        **filter_checks(
            cases, asked["untrained_standing"], *blind.peaks, seed, "_untrained"
        ),
        "claims": _claims(cases, asked, measured, batch_size),
        "explained": _explained(cases, seen, measured),
        "explained_untrained": _explained(cases, blind, measured),
    }


class _Looks(NamedTuple):
    """What one explainer makes of whole and changed images."""

    whole: Seen
    removed: Seen
    moved: Seen
    pasted: Seen

    @property
    def scored(self) -> tuple[Seen, Seen, Seen]:
        """Those whose scores are compared."""
        return self.whole, self.removed, self.pasted

    @property
    def peaks(self) -> tuple[FilterPeaks, FilterPeaks, FilterPeaks]:
        """Those whose peaks are compared."""
        return self.whole.peaks, self.removed.peaks, self.moved.peaks


def _seen(cases: DrawnCases, look: Callable[[np.ndarray], Seen]) -> _Looks:
    pictures = cases.images, cases.removed, cases.moved, cases.pasted
    return _Looks(*map(look, pictures))


def _explained(
    cases: DrawnCases, looks: _Looks, measured: ScoreChanges
) -> dict[str, Any]:
    own = ScoreChanges.of(cases, *(look.rebuilt for look in looks.scored))
    return own.correlations(measured, cases)


def _twin(
    explainer: Explainer, dataset: PartDataset, batch_size: int, seed: int
) -> Any:
    """The untrained twin that was observed: same seed, same calibration."""
    keras.utils.set_random_seed(seed)
    sample = dataset.splits["train"].batches(batch_size, CALIBRATION_IMAGES)
    return explainer.untrained(sample, batch_size)


def _standing(observation: Observation, layer: str) -> np.ndarray:
    """Index into `PART_NAMES` of what each filter stands for, or -1."""
    skill = filter_skill(*observation.located(layer))
    return _as_parts(observation, skill.stands_for)


def _told_best(observation: Observation, layer: str) -> np.ndarray:
    """The same of what it tells best, though a constant may tell it better."""
    skill = filter_skill(*observation.located(layer))
    best = np.where(skill.measured, skill.landmark, -1)
    return _as_parts(observation, best)


def _as_parts(observation: Observation, landmarks: np.ndarray) -> np.ndarray:
    names = [*observation.landmark_names, ""]
    indices = [
        PART_NAMES.index(name) if name in PART_NAMES else -1 for name in names
    ]
    return np.array(indices)[landmarks]


def _claims(
    cases: DrawnCases,
    asked: dict[str, Any],
    measured: ScoreChanges,
    batch_size: int,
) -> dict[str, Any]:
    labels = cases.labels[cases.image]
    chosen = np.flatnonzero(cases.has_paste)
    found = {}
    for name in CLAIMS.names():
        claim = _in_batches(CLAIMS.get(name), asked, batch_size)
        full = claim(cases.images, cases.labels, cases.part_maps)
        given = full[cases.image, cases.part]
        changed = claim(
            cases.pasted[chosen], labels[chosen], cases.pasted_maps[chosen]
        )
        after = changed[np.arange(len(chosen)), cases.part[chosen]]
        claimed = ScoreChanges(given, after - given[chosen])
        found[name] = claimed.correlations(measured, cases)
    return found


def _in_batches(claim: Any, asked: dict[str, Any], batch_size: int) -> Any:
    def run(images: Any, categories: Any, part_maps: Any) -> np.ndarray:
        parts = [np.empty((0, len(PART_NAMES)))]
        for start in range(0, len(images), batch_size):
            here = slice(start, start + batch_size)
            parts.append(
                claim(
                    Claimed(
                        images=images[here].astype(np.float32),
                        categories=categories[here],
                        part_maps=part_maps[here],
                        **asked,
                    )
                )
            )
        return np.concatenate(parts)

    return run
