"""One look of an explainer at a whole data set."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.attachment.head import positive_category
from tf_explainer.callbacks.scheduled import check_finite_weights
from tf_explainer.datasets.arrays import from_arrays
from tf_explainer.datasets.part_dataset import (
    PartDataset,
    PartSplit,
    check_labeled,
)
from tf_explainer.errors import InputError
from tf_explainer.evaluation.controls import FEATURE_CONTROLS
from tf_explainer.evaluation.controls.directions import Projection
from tf_explainer.evaluation.looking import look
from tf_explainer.evaluation.observation import Observation, ObservedSplit
from tf_explainer.evaluation.part_measures.observed import ObservedParts
from tf_explainer.evaluation.part_measures.rivals import part_controls
from tf_explainer.evaluation.peaks import FilterPeaks
from tf_explainer.evaluation.result import measure
from tf_explainer.evaluation.sources import SplitSource, target_vectors
from tf_explainer.explainer import Explainer

Progress = Callable[[int], None]
_Batch = dict[str, Any]
# Means over channels settle on few images.
CALIBRATION_IMAGES = 512
_SPLITS = ("train", "test")


def observe(
    explainer: Explainer,
    dataset: PartDataset | Any,
    batch_size: int = 32,
    seed: int = 0,
    progress: Progress | None = None,
    features: Mapping[str, tf.data.Dataset] | None = None,
) -> Observation:
    """Runs both splits through an explainer and through its controls.

    These are its untrained twin, the filters of `FEATURE_CONTROLS` and, if
    the explainer has part maps, those of `PART_CONTROLS`. Only peaks, places,
    scores and errors are kept, never a map, so memory grows by a few
    kilobytes an image.

    Args:
        explainer: A trained `Explainer`.
        dataset: Images whose labels are the performer's classes. Of what is
            no `PartDataset`, such as `(images, labels)`, see
            `datasets.from_arrays`, all images are both splits.
        batch_size: Images at a time.
        seed: Seed of the untrained twin's weights and of the feature
            controls. Sets Keras' global seed.
        progress: Called with a number of images as they are done; over the
            whole call they add up to the number in both splits.
        features: Split to the performer's features of its images in float32,
            if they were kept, so that the performer need not see them again.

    Returns:
        What the numbers and the report are made of.

    Raises:
        InputError: If there are no categories, a split is empty, a weight or
            feature not finite, or if the performer's one score is not that of
            the category that the data have it for.
    """
    dataset = _with_splits(explainer, dataset)
    check_labeled(dataset)
    if not all(len(dataset.splits.get(name, ())) for name in _SPLITS):
        raise InputError("`dataset` must hold images in both splits.")
    train, test = (dataset.splits[name] for name in _SPLITS)
    check_finite_weights(explainer, "explainer")
    _check_single_score(explainer, dataset)
    keras.utils.set_random_seed(seed)
    sources = {
        name: SplitSource(split, (features or {}).get(name))
        for name, split in (("train", train), ("test", test))
    }
    sample = sources["train"].batches(batch_size, CALIBRATION_IMAGES)
    twin = explainer.untrained(sample, batch_size)
    made = explainer, sources["train"], batch_size, seed
    run = look(
        explainer,
        twin,
        _projections(*made),
        part_controls(*made),
        sample.element_spec,
    )
    seen = {
        name: _look_at(run, source, batch_size, progress)
        for name, source in sources.items()
    }
    field = explainer.receptive_field
    return Observation(
        name=dataset.name,
        categories=tuple(dataset.categories),
        landmark_names=tuple(dataset.landmark_names),
        splits={
            name: _split(dataset.splits[name], batches)
            for name, batches in seen.items()
        },
        scores=_joined(seen["test"], "scores"),
        performer_scores=_joined(seen["test"], "performer_scores"),
        reconstruction_error=_relative_errors(seen["test"]),
        p=float(explainer.p),
        eta=float(explainer.settings.eta),
        field=(
            float(field.size[0] / field.image[0]),
            float(field.size[1] / field.image[1]),
        ),
        part_of_filter=_part_of_filter(explainer),
    )


def _with_splits(explainer: Explainer, data: Any) -> PartDataset:
    if hasattr(data, "splits"):
        return data
    found = from_arrays(data, categories=explainer.class_names)
    split = found.splits["train"]
    splits = {"train": split, "test": split}
    return dataclasses.replace(found, splits=splits)


def _part_of_filter(explainer: Explainer) -> tuple[int, ...]:
    encoder = explainer.encoder
    return tuple(encoder.part_of_filter.tolist()) if encoder.parts else ()


def _check_single_score(explainer: Explainer, dataset: PartDataset) -> None:
    if explainer.performer.outputs[0].shape[-1] > 1:
        return
    negative = dataset.negative_category
    meant = positive_category(negative)
    read = positive_category(explainer.settings.negative_category)
    if read != meant:
        raise InputError(
            f"`explainer` takes its performer's one score for that of category "
            f"{read}, and `dataset` has it for category {meant}; make it with "
            f"negative_category={negative}, received "
            f"{explainer.settings.negative_category}."
        )


def _projections(
    explainer: Explainer, train: SplitSource, batch_size: int, seed: int
) -> dict[str, Projection]:
    vectors = target_vectors(explainer, train, batch_size, seed)
    return {
        name: FEATURE_CONTROLS.get(name)(vectors, explainer.filters, seed)
        for name in FEATURE_CONTROLS.names()
    }


def _look_at(
    run: Callable[[Any, Any], _Batch],
    source: SplitSource,
    batch_size: int,
    progress: Progress | None,
) -> list[_Batch]:
    batches: list[_Batch] = []
    landmarks = np.asarray(source.split.landmarks, np.float32)
    for seen in source.batches(batch_size):
        size = len(tf.nest.flatten(seen)[0])
        here, landmarks = landmarks[:size], landmarks[size:]
        batch = keras.tree.map_structure(np.asarray, run(seen, here))
        _check_finite(batch)
        batches.append(batch)
        if progress:
            progress(len(batch["scores"]))
    return batches


def _check_finite(batch: _Batch) -> None:
    for model, key in (("performer", "norms"), ("explainer", "errors")):
        for layer, values in batch[key].items():
            if not np.isfinite(values).all():
                raise InputError(
                    f"The {model}'s feature at {layer!r} holds NaN or "
                    "infinity; train it again with a lower learning rate."
                )


def _split(split: PartSplit, batches: Sequence[_Batch]) -> ObservedSplit:
    peaks = {}
    for layer in batches[0]["peaks"]:
        positions, strengths = (
            np.concatenate([batch["peaks"][layer][part] for batch in batches])
            for part in range(2)
        )
        positions[strengths <= 0] = np.nan
        peaks[layer] = FilterPeaks(positions, strengths)
    return ObservedSplit(
        peaks=peaks,
        labels=np.asarray(split.labels),
        landmarks=np.asarray(split.landmarks, np.float32),
        files=tuple(split.files),
        skipped=split.skipped,
        parts={
            name: ObservedParts.joined([one["parts"][name] for one in batches])
            for name in batches[0]["parts"]
        },
    )


def _joined(batches: Sequence[_Batch], key: str) -> np.ndarray:
    scores = np.concatenate([batch[key] for batch in batches])
    return scores.astype(np.float32)


def _relative_errors(batches: Sequence[_Batch]) -> dict[str, float]:
    """Layer to the sum of squared errors over the sum of squared norms."""

    def total(key: str, layer: str) -> float:
        return sum(float(batch[key][layer].sum()) for batch in batches)

    return {
        layer: total("errors", layer) / max(total("norms", layer), 1e-12)
        for layer in batches[0]["errors"]
    }


def evaluate(
    explainer: Explainer, dataset: Any, batch_size: int = 32, seed: int = 0
) -> dict[str, Any]:
    """Measures an explainer on a data set.

    `measure(observe(...))`: call the two where the observation is wanted too.

    Args:
        explainer: A trained `Explainer`.
        dataset: As in `observe`.
        batch_size: Images at a time; bounds the memory.
        seed: Seed of the untrained control, the random control and the
            bootstrap.

    Returns:
        JSON values, see `measure`.
    """
    return measure(observe(explainer, dataset, batch_size, seed), seed)
