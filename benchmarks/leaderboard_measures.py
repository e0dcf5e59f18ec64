"""One explainer of the leaderboard: how it is made and measured."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.config.schedule import Schedule
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.errors import InputError
from tf_explainer.evaluation import filter_skill, landmark_skill
from tf_explainer.evaluation.controls import CONTROLS
from tf_explainer.evaluation.full import (
    part_contributions,
    share_through_filters,
)
from tf_explainer.evaluation.metrics import METRICS
from tf_explainer.evaluation.metrics.parts import part_counts
from tf_explainer.evaluation.moved_images import jittered
from tf_explainer.evaluation.observation import top_category
from tf_explainer.evaluation.peaks import LocatedPeaks
from tf_explainer.evaluation.sampling import known_numbers
from tf_explainer.evaluation.sources import see_features
from tf_explainer.explainer import Explainer

CUT = ("target_layer", "replaced_layer", "reconstructed_layers")
MEASURES = (
    *("skill", "share_above_constant", "pck", "coverage", "alive"),
    *("location_instability", "skill_own_category", "skill_best_tenth"),
)
GOOD = 0.35


def configured(
    performer: keras.Model,
    dataset: PartDataset,
    table: Mapping[str, Any],
    precision: str = "float32",
) -> tuple[Explainer, Schedule]:
    """Returns an untrained explainer and its schedule.

    Args:
        performer: The network that is explained.
        dataset: Whose task decides whether there is a background.
        table: Settings of a configuration.
        precision: In which the explainer learns, such as `mixed_bfloat16`.

    Raises:
        InputError: If a setting is unknown or out of range.
    """
    cut, made, numbers = _by_place(table)
    made["negative_category"] = dataset.negative_category
    explainer = Explainer.from_performer(
        performer, **cut, **made, dtype=precision
    )
    return explainer, Schedule.of(**numbers)


def with_defaults(table: Mapping[str, Any]) -> dict[str, Any]:
    """Returns every setting of a configuration, as JSON values.

    Args:
        table: Settings of a configuration; the rest are today's defaults.

    Raises:
        InputError: If a setting is unknown or out of range.
    """
    cut, made, numbers = _by_place(table)
    settings = dataclasses.asdict(ExplainerSettings.of(made))
    schedule = dataclasses.asdict(Schedule.of(**numbers))
    found = json.loads(json.dumps({**cut, **settings, **schedule}))
    # It is short for the numbers, which are all there.
    del found["preset"]
    return found


def on_data(
    table: Mapping[str, Any], options: Mapping[str, Any]
) -> dict[str, Any]:
    """Returns the settings of a configuration on one data set.

    Args:
        table: Settings of the configuration.
        options: Those of the data set. What they say of explainers holds
            where the configuration says nothing.
    """
    known = {*_fields(ExplainerSettings), *_fields(Schedule)}
    return {k: v for k, v in options.items() if k in known} | dict(table)


def _by_place(table: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Settings of the cut, of the explainer and of its schedule."""
    places = (CUT, *map(_fields, (ExplainerSettings, Schedule)))
    known = {name for names in places for name in names}
    if unknown := set(table) - known:
        raise InputError(
            f"A configuration received {', '.join(sorted(unknown))}; settings "
            f"are: {', '.join(sorted(known))}."
        )
    return tuple(
        {name: table[name] for name in names if name in table}
        for names in places
    )


def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def measures(
    explainer: Explainer,
    features: Mapping[str, Any],
    dataset: PartDataset,
    seed: int,
) -> dict[str, Any]:
    """Returns all numbers of a trained explainer, on the test images.

    Args:
        explainer: A trained explainer.
        features: Kept features of the splits `train` and `test`.
        dataset: Labels and landmarks.
        seed: Seed of the exchange of images in `shuffled_skill`.
    """
    splits = dataset.splits["train"], dataset.splits["test"]
    train, test = (
        see_features(explainer, features[name]) for name in ("train", "test")
    )
    located = [
        LocatedPeaks(seen.peaks, split.landmarks, split.labels)
        for seen, split in zip((train, test), splits, strict=True)
    ]
    labels = dataset.splits["test"].labels
    own, rebuilt = (
        float((top_category(scores) == labels).mean())
        for scores in (test.performer_scores, test.scores)
    )
    exchanged = CONTROLS.get("shuffled")(*located, seed)
    return {
        **located_measures(*located, dataset.landmark_names),
        "shuffled_skill": float(METRICS.get("skill")(*exchanged)),
        "filters": explainer.filters,
        "p": explainer.p,
        **_through_filters(explainer, features["test"], len(labels)),
        "accuracy": own,
        "delta_error": 100 * (own - rebuilt),
    }


def located_measures(
    train: LocatedPeaks, test: LocatedPeaks, landmark_names: Sequence[str]
) -> dict[str, Any]:
    """Returns the measures that peaks and landmarks give.

    Args:
        train: Peaks and images of the training split.
        test: Peaks and images of the test split.
        landmark_names: Names in the order of the landmarks.
    """
    result = filter_skill(train, test)
    skills = result.test[result.measured]
    found = {name: float(METRICS.get(name)(train, test)) for name in MEASURES}
    return {
        **known_numbers(found),
        "share_good": float(np.mean(skills >= GOOD)) if len(skills) else 0.0,
        "parts": part_counts(
            result, landmark_skill(train, test), landmark_names
        ),
    }


def _through_filters(
    explainer: Explainer, features: Any, images: int
) -> dict[str, float]:
    nowhere = np.full(explainer.filters, -1)
    everyone = np.ones(images, bool)
    shares = part_contributions(
        explainer, features.batch(32), everyone, nowhere, ()
    )
    return {"through_filters": share_through_filters(shares)} if shares else {}


def jittered_measures(
    explainer: Explainer,
    features: Mapping[str, Any],
    dataset: PartDataset,
    seed: int,
) -> dict[str, Any]:
    """Returns the measures on moved crops, see `evaluation.jittered`.

    Args:
        explainer: A trained explainer.
        features: Kept features of the moved `moved_train` and `moved_test`.
        dataset: Whose crops were moved.
        seed: Seed of the moves.
    """
    moved = jittered(dataset, seed).splits
    located = [
        LocatedPeaks(
            see_features(explainer, features[f"moved_{name}"]).peaks,
            moved[name].landmarks,
            moved[name].labels,
        )
        for name in ("train", "test")
    ]
    return located_measures(*located, dataset.landmark_names)
