"""Which filters a gallery shows, and on which images."""

import dataclasses

import numpy as np

from tf_explainer.evaluation.filter_skill import FilterSkill, filter_skill
from tf_explainer.evaluation.located_peaks import LocatedPeaks
from tf_explainer.evaluation.observation import Observation


@dataclasses.dataclass(frozen=True)
class FilterRow:
    """One filter of a gallery.

    Args:
        filter: Its index in the layer.
        landmark: Index of the landmark it stands for; None if there is none.
        name: Name of that landmark; empty if there is none.
        skill: Its skill on `test`; None if there is no landmark.
        images: Indices of the test images that fire it most, strongest
            first; never one on which it is silent. Half of them, which stand
            first, are of those that show its landmark.
    """

    filter: int
    landmark: int | None
    name: str
    skill: float | None
    images: tuple[int, ...]

    @property
    def title(self) -> str:
        """The filter in a few words."""
        if self.skill is None:
            return f"filter {self.filter}"
        return f"filter {self.filter}: {self.name}, skill {self.skill:.2f}"


def filter_rows(
    observation: Observation,
    layer: str = "interp_2",
    filters: int = 6,
    images: int = 6,
) -> list[FilterRow]:
    """Chooses the best filters of a layer.

    Filters that stand for a part come first, best of each part by turns, so
    that one part does not fill the gallery; "best" is the skill on `train`,
    the skill shown is that on `test`. Skill is of images that show the part,
    so that half of a row is chosen among these: a rare part may be in none of
    those that fire the filter most. Without landmarks the filters with the
    strongest mean peak are shown.

    Args:
        observation: What the explainer showed.
        layer: One of the observed layers.
        filters: At most so many rows.
        images: At most so many images a row.

    Returns:
        Rows in the order to show.
    """
    train, test = observation.located(layer)
    result = filter_skill(train, test)
    if result.above_constant.any():
        chosen = _by_turns(result)[:filters]
    else:
        strength = np.where(
            test.peaks.live, test.peaks.strengths.mean(axis=0), -1.0
        )
        order = np.argsort(-strength, kind="stable")
        chosen = [index for index in order[:filters] if strength[index] > 0]
    return [
        _row(observation, result, test, int(index), images) for index in chosen
    ]


def _by_turns(result: FilterSkill) -> list[int]:
    """Filters above a constant: best of each landmark, then the seconds."""
    order = np.argsort(-np.nan_to_num(result.train), kind="stable")
    turns: list[tuple[int, int, int]] = []
    seen: dict[int, int] = {}
    for rank, index in enumerate(order[result.above_constant[order]]):
        landmark = int(result.landmark[index])
        turn = seen[landmark] = seen.get(landmark, -1) + 1
        turns.append((turn, rank, int(index)))
    return [index for _, _, index in sorted(turns)]


def _row(
    observation: Observation,
    result: FilterSkill,
    test: LocatedPeaks,
    index: int,
    images: int,
) -> FilterRow:
    strengths = test.peaks.strengths[:, index]
    strongest = np.argsort(-strengths, kind="stable")
    firing = strongest[strengths[strongest] > 0]
    if not result.above_constant[index]:
        return FilterRow(index, None, "", None, _listed(firing[:images]))
    landmark = int(result.landmark[index])
    shows = ~np.isnan(test.landmarks[firing, landmark, 0])
    first = firing[shows][: -(-images // 2)]
    others = firing[~np.isin(firing, first)][: images - len(first)]
    return FilterRow(
        index,
        landmark,
        observation.landmark_names[landmark],
        float(result.test[index]),
        _listed(first) + _listed(others),
    )


def _listed(images: np.ndarray) -> tuple[int, ...]:
    return tuple(int(image) for image in images)
