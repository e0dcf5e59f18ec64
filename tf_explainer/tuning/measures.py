"""What a trial is judged by, and what it may cost."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.config.schedule import Schedule
from tf_explainer.datasets.part_dataset import PartDataset, PartSplit
from tf_explainer.evaluation.label_free import LandmarkFreeProxy
from tf_explainer.evaluation.metrics import METRICS
from tf_explainer.evaluation.metrics.landmarks import landmark_skill
from tf_explainer.evaluation.metrics.skills import filter_skill
from tf_explainer.evaluation.observation import top_category
from tf_explainer.evaluation.peaks import LocatedPeaks
from tf_explainer.evaluation.sources import SeenFeatures, see_features
from tf_explainer.explainer import Explainer
from tf_explainer.features.shared_features import (
    SharedFeatures,
    performer_digest,
)
from tf_explainer.tuning.limits import Limits
from tf_explainer.tuning.part_trials import (
    AT_LANDMARKS,
    OF_PARTS,
    collapse_proof,
    part_numbers,
)

ALWAYS = {
    "limited_proxy": "max",
    "proxy": "max",
    "delta_error": "min",
    "p": "max",
    "alive": "max",
    "loss": "min",
    "reconstruction_loss": "min",
    "seconds": "min",
}
WITH_LANDMARKS = {
    "limited_skill": "max",
    "skill": "max",
    "part_skill": "max",
    "share_above_constant": "max",
    "coverage": "max",
}


class TrialMeasures:
    """Judges explainers of one performer on a validation part.

    The performer runs once for all of them: its features are kept.

    Args:
        explainer: An explainer of the performer; only its cut is used.
        dataset: From `hold_out`: learned from is `train`, judged by `test`.
        limits: What a trial may cost.
        batch_size: Images at a time.
        seed: Seed of the views in the landmark-free proxy.
        memory_limit: Features of each part kept in memory, GiB; more go to
            disk.
        tell: Called with the images done and their number, as the features
            are computed.
        views: Moved views of each image that is learned from; `None` means
            those of `Schedule`.
        shared: Where features are kept for other processes, too.
    """

    def __init__(
        self,
        explainer: Explainer,
        dataset: PartDataset,
        limits: Limits,
        batch_size: int = 32,
        seed: int = 0,
        memory_limit: float = 4.0,
        tell: Callable[[int, int | None], None] | None = None,
        views: int | None = None,
        shared: SharedFeatures | None = None,
    ) -> None:
        self.dataset, self.limits = dataset, limits
        self.batch_size = batch_size
        views = Schedule.of(views=views).views
        facts = _facts(explainer, dataset, batch_size, seed, views)

        def keep(name: str, compute: Callable[[], Any]) -> Any:
            return shared.of(name, facts, compute) if shared else compute()

        def features(name: str) -> Callable[[], tf.data.Dataset]:
            return lambda: explainer.cached_features(
                dataset.splits[name].batches(batch_size),
                batch_size,
                views=views if name == "train" else 0,
                memory_limit=memory_limit,
                tell=tell,
            )

        self.features: dict[str, tf.data.Dataset] = {
            name: keep(name, features(name)) for name in dataset.splits
        }
        self._proxy = LandmarkFreeProxy(
            explainer, dataset.splits["test"], batch_size, seed, keep
        )

    def of(self, explainer: Explainer) -> dict[str, float]:
        """Returns the measures of one explainer, by the names of `measured`.

        All but `loss`, `reconstruction_loss` and `seconds`, which the
        training gives.

        `delta_error` is in percentage points and counts on the validation
        part; `skill` is the mean over *all* filters, a dead one at 0, so that
        a trial gains nothing by killing its worst; `part_skill` the mean over
        landmarks of the best filter's skill (chosen on `train`; 0 at least),
        so that a network full of head finders gains little. `limited_skill`
        is the mean of these two less the penalty of `Limits`, and
        `limited_proxy` the landmark-free proxy less the same. With parts
        there are `part_numbers`, too, and `limited_fidelity` and
        `limited_one_to_one`: what `collapse_proof` makes of them, less the
        same.

        Args:
            explainer: A trained explainer of the same performer and layers.
        """
        seen = {
            name: see_features(explainer, features, self.batch_size)
            for name, features in self.features.items()
        }
        test = seen["test"]
        labels = self.dataset.splits["test"].labels
        hits = [
            float((top_category(one) == labels).mean())
            for one in (test.performer_scores, test.scores)
        ]
        found = {
            "delta_error": 100 * (hits[0] - hits[1]),
            "p": float(explainer.p),
            "alive": float(test.peaks.live.sum()),
            "proxy": self._proxy(explainer),
        }
        penalty = self.limits.penalty(found["delta_error"], found["p"])
        found["limited_proxy"] = found["proxy"] - penalty
        known = has_landmarks(self.dataset)
        if known:
            found |= self._with_landmarks(seen, penalty)
        if explainer.encoder.parts:
            parts = part_numbers(
                explainer,
                self.dataset,
                self.features,
                self.batch_size,
                known,
                self._proxy,
            )
            found |= parts | {
                f"limited_{name}": value - penalty
                for name, value in collapse_proof(parts).items()
            }
        return found

    def _with_landmarks(
        self, seen: dict[str, SeenFeatures], penalty: float
    ) -> dict[str, float]:
        train, test = (
            _located(seen[name], self.dataset.splits[name])
            for name in ("train", "test")
        )
        skill, parts = mean_skill(train, test), part_skill(train, test)
        return {
            "skill": skill,
            "part_skill": parts,
            "limited_skill": (skill + parts) / 2 - penalty,
            **{
                name: float(np.nan_to_num(METRICS.get(name)(train, test)))
                for name in ("share_above_constant", "coverage")
            },
        }


def _facts(
    explainer: Explainer,
    dataset: PartDataset,
    batch_size: int,
    seed: int,
    views: int,
) -> dict[str, Any]:
    """What features are made of: other facts, other features."""
    return {
        "performer": performer_digest(explainer.performer),
        "cut": dataclasses.asdict(explainer.attachment.cut),
        "images": {k: one.files for k, one in dataset.splits.items()},
        "numbers": [batch_size, seed, views],
    }


def measured(dataset: PartDataset, parts: int = 0) -> dict[str, str]:
    """Returns the names of all measures of a trial and what is better.

    Args:
        dataset: From `hold_out`; without landmarks there are fewer.
        parts: How many parts the explainers have.

    Returns:
        Name to `"max"` or `"min"`; of what the settings are chosen by if the
        user says nothing, first.
    """
    known = has_landmarks(dataset)
    of_parts = {**(AT_LANDMARKS if known else {}), **OF_PARTS}
    return {
        **(of_parts if parts else {}),
        **(WITH_LANDMARKS if known else {}),
        **ALWAYS,
    }


def has_landmarks(dataset: PartDataset) -> bool:
    """Whether skill can be measured on both parts.

    Args:
        dataset: From `hold_out`.
    """
    return all(
        (~np.isnan(split.landmarks)).any() for split in dataset.splits.values()
    )


def mean_skill(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """Returns the mean skill of all filters, a dead one at 0.

    Args:
        train: Peaks and landmarks that choose landmark and offset.
        test: Peaks and landmarks that give the value.
    """
    result = filter_skill(train, test)
    return float(np.where(result.measured, result.test, 0.0).mean())


def part_skill(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """Returns the mean over landmarks of the skill of the best filter.

    Args:
        train: Peaks and landmarks that choose the filter.
        test: Peaks and landmarks that give the value.

    Returns:
        In [0, 1]: a landmark that no filter tells counts 0. NaN if no
        landmark can be measured.
    """
    skills = landmark_skill(train, test)
    known = ~np.isnan(skills.test).all(axis=0)
    best = skills.best_filter
    values = skills.test[np.maximum(best, 0), np.arange(len(best))]
    values = np.where(best >= 0, np.maximum(values, 0.0), 0.0)[known]
    return float(values.mean()) if len(values) else float("nan")


def _located(seen: SeenFeatures, split: PartSplit) -> LocatedPeaks:
    return LocatedPeaks(seen.peaks, split.landmarks, split.labels)
