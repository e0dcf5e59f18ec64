"""What an explainer showed on a data set, small enough to keep."""

import dataclasses
from collections.abc import Mapping

import numpy as np

from tf_explainer.evaluation.filter_peaks import FilterPeaks
from tf_explainer.evaluation.located_peaks import LocatedPeaks

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
    """

    peaks: Mapping[str, FilterPeaks]
    labels: np.ndarray
    landmarks: np.ndarray
    files: tuple[str, ...]
    skipped: int = 0

    def located(self, layer: str) -> LocatedPeaks:
        """Returns the peaks of one layer with the landmarks."""
        return LocatedPeaks(self.peaks[layer], self.landmarks, self.labels)


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

    def located(self, layer: str) -> tuple[LocatedPeaks, LocatedPeaks]:
        """Returns one layer's `train` and `test`, as the measures want."""
        return (
            self.splits["train"].located(layer),
            self.splits["test"].located(layer),
        )
