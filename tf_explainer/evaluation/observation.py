"""What an explainer showed on a data set, small enough to keep."""

import dataclasses
import functools
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tf_explainer.errors import InputError, refuse_later
from tf_explainer.evaluation.part_measures.observed import ObservedParts
from tf_explainer.evaluation.peaks import FilterPeaks, LocatedPeaks


def top_category(scores: np.ndarray) -> np.ndarray:
    """Returns the category with the highest score.

    Args:
        scores: float `(images, classes)`, at least two columns.

    Returns:
        int `(images,)`.
    """
    return scores.argmax(axis=1)


LAYERS = ("target", "top_conv", "interp_1", "interp_2")
UNTRAINED = "untrained"


@dataclasses.dataclass(frozen=True, eq=False)
class ObservedSplit:
    """Peaks of one split, beside its annotations.

    Args:
        peaks: Layer to peaks; the layers of `LAYERS` and controls: under
            `untrained` the `interp_2` of the same explainer before training,
            and the filters of each of `FEATURE_CONTROLS` by its name.
        labels: int `(images,)`, index into the categories.
        landmarks: float32 `(images, landmarks, 2)`, fractions; NaN hidden.
        files: Names of the images.
        skipped: Images left out, a count.
        parts: Name to what was seen of part maps: `explainer`, `untrained`
            and each of `PART_CONTROLS`; empty if the explainer has none.
    """

    peaks: Mapping[str, FilterPeaks]
    labels: np.ndarray
    landmarks: np.ndarray
    files: tuple[str, ...]
    skipped: int = 0
    parts: Mapping[str, ObservedParts] = dataclasses.field(default_factory=dict)

    def located(self, layer: str) -> LocatedPeaks:
        """Returns the peaks of one layer with the landmarks."""
        return LocatedPeaks(self.peaks[layer], self.landmarks, self.labels)

    def located_parts(self, name: str) -> LocatedPeaks:
        """Returns the places of parts, as peaks, with the landmarks."""
        return LocatedPeaks(self.parts[name].peaks, self.landmarks, self.labels)


@dataclasses.dataclass(frozen=True, eq=False)
class Observation:
    """Everything that the numbers and the report are made of, but no image.

    Args:
        name: Name of the data set.
        categories: Category names in label order.
        landmark_names: Landmark names; empty if the data has none.
        splits: `train` and `test`.
        scores: float `(test images, categories)`, class scores through the
            explainer's reconstructed features.
        performer_scores: The same of the performer itself.
        reconstruction_error: Layer to
            `sum ||x - x*||^2 / sum ||x*||^2` over the test images, no unit.
        p: Share of the interpretable track, in (0, 1).
        eta: Weight of `-log p` in the loss, no unit.
        field: Height and width of the receptive field, in images.
        part_of_filter: Index of the part that each filter of `interp_2`
            belongs to; empty if filters belong to none, and in files that
            were written before this was kept.
    """

    name: str
    categories: tuple[str, ...]
    landmark_names: tuple[str, ...]
    splits: Mapping[str, ObservedSplit]
    scores: np.ndarray
    performer_scores: np.ndarray
    reconstruction_error: Mapping[str, float]
    p: float
    eta: float
    field: tuple[float, float]
    part_of_filter: tuple[int, ...] = ()

    def located(self, layer: str) -> tuple[LocatedPeaks, LocatedPeaks]:
        """Returns one layer's `train` and `test`, as the measures want."""
        return self._located[layer]

    @functools.cached_property
    def _located(self) -> dict[str, tuple[LocatedPeaks, LocatedPeaks]]:
        train, test = self.splits["train"], self.splits["test"]
        return {
            layer: (train.located(layer), test.located(layer))
            for layer in test.peaks
        }


FORMAT = 1
_ARRAYS = ("scores", "performer_scores")
_SPLIT_ARRAYS = ("labels", "landmarks")
_PART_ARRAYS = tuple(field.name for field in dataclasses.fields(ObservedParts))
_UNREADABLE = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile)


def save_observation(observation: Observation, path: Path) -> None:
    """Writes an observation as one compressed `.npz` file.

    Arrays go in under `<split>/labels`, `<split>/landmarks`,
    `<split>/<layer>/positions` and `…/strengths`; those of part maps under
    `<split>/parts/<name>/places`, `…/presence` and `…/at_landmarks`; all else
    is one JSON text under `about`. Nothing is pickled.

    Args:
        observation: What to keep.
        path: The file, written as named; must end in `.npz`.

    Raises:
        InputError: If `path` has another ending, which numpy would change.
    """
    if Path(path).suffix != ".npz":
        raise InputError(f"`path` must end in .npz, received {path}.")
    arrays = {name: getattr(observation, name) for name in _ARRAYS}
    for name, split in observation.splits.items():
        for field in _SPLIT_ARRAYS:
            arrays[f"{name}/{field}"] = getattr(split, field)
        for layer, peaks in split.peaks.items():
            arrays[f"{name}/{layer}/positions"] = peaks.positions
            arrays[f"{name}/{layer}/strengths"] = peaks.strengths
        for parts, seen in split.parts.items():
            for field in _PART_ARRAYS:
                key = f"{name}/parts/{parts}/{field}"
                arrays[key] = getattr(seen, field)
    about = np.array(json.dumps(_about(observation)))
    np.savez_compressed(path, allow_pickle=False, about=about, **arrays)


def load_observation(path: Path) -> Observation:
    """Reads what `save_observation` wrote.

    Args:
        path: The `.npz` file.

    Raises:
        InputError: If the file is missing, broken, or of another format.
    """
    try:
        with (
            open(path, "rb") as file,
            np.load(file, allow_pickle=False) as arrays,
        ):
            about = json.loads(str(arrays["about"]))
            refuse_later(form := about.pop("format"), FORMAT, path)
            if form != FORMAT:
                raise InputError(
                    f"{path} was written by another version; evaluate again."
                )
            return _observation(about, arrays)
    except InputError:
        raise
    except _UNREADABLE as error:
        raise InputError(
            f"{path} is no observation that can be read ({error}); evaluate "
            "again."
        ) from error


def _about(observation: Observation) -> dict[str, Any]:
    about = {
        field.name: getattr(observation, field.name)
        for field in dataclasses.fields(observation)
        if field.name not in (*_ARRAYS, "splits")
    }
    splits = {
        name: {"files": split.files, "skipped": split.skipped}
        for name, split in observation.splits.items()
    }
    return {"format": FORMAT, **about, "splits": splits}


def _observation(about: dict[str, Any], arrays: Any) -> Observation:
    splits = {
        name: ObservedSplit(
            peaks={
                layer: FilterPeaks(
                    arrays[f"{name}/{layer}/positions"],
                    arrays[f"{name}/{layer}/strengths"],
                )
                for layer in _layers(arrays, name)
            },
            parts={
                parts: ObservedParts(
                    *(arrays[f"{name}/parts/{parts}/{f}"] for f in _PART_ARRAYS)
                )
                for parts in _parts(arrays, name)
            },
            files=tuple(split["files"]),
            skipped=split["skipped"],
            **{field: arrays[f"{name}/{field}"] for field in _SPLIT_ARRAYS},
        )
        for name, split in about.pop("splits").items()
    }
    tuples = {
        name: tuple(value)
        for name, value in about.items()
        if isinstance(value, list)
    }
    scores = {name: arrays[name] for name in _ARRAYS}
    return Observation(**{**about, **tuples}, splits=splits, **scores)


def _layers(arrays: Any, split: str) -> Iterator[str]:
    for name in arrays.files:
        parts = name.split("/")
        if len(parts) == 3 and parts[0] == split and parts[2] == "positions":
            yield parts[1]


def _parts(arrays: Any, split: str) -> Iterator[str]:
    for name in arrays.files:
        parts = name.split("/")
        if parts[:2] == [split, "parts"] and parts[3:] == ["places"]:
            yield parts[2]
