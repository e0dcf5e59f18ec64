"""The images that fire the best filters most."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from tf_explainer.errors import InputError
from tf_explainer.evaluation.metrics.skills import FilterSkill, filter_skill
from tf_explainer.evaluation.observation import Observation
from tf_explainer.evaluation.peaks import LocatedPeaks
from tf_explainer.visualization.style import BLACK, SKY, YELLOW, ShownFigure
from tf_explainer.visualization.tiles import peak_tile


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


ReadImages = Callable[[Iterable[int]], Mapping[int, np.ndarray]]


def filter_gallery(
    observation: Observation,
    images: ReadImages,
    layer: str = "interp_2",
    filters: int = 6,
    columns: int = 6,
) -> Figure:
    """Draws one row a filter, see `filter_rows`, peaks marked.

    Args:
        observation: What the explainer showed.
        images: Function of indices of test images to uint8 images
            `(height, width, 3)` by index.
        layer: One of the observed layers.
        filters: At most so many rows.
        columns: At most so many images a row.

    Returns:
        The figure.

    Raises:
        InputError: If no filter of the layer fires.
    """
    rows = filter_rows(observation, layer, filters, columns)
    if not rows:
        raise InputError(f"`layer` {layer!r} has no filter that fires.")
    read = images({index for row in rows for index in row.images})
    figure = strips_of_tiles(
        {row.title: _tiles(observation, row, layer, read) for row in rows},
        columns,
    )
    _legend(figure, any(row.landmark is not None for row in rows))
    names = ", ".join(row.title for row in rows)
    figure.set_label(f"Images that fire {len(rows)} filters most: {names}.")
    return figure


def strips_of_tiles(
    rows: Mapping[str, Sequence[np.ndarray]], columns: int
) -> Figure:
    """Draws rows of pictures, each below its title.

    Args:
        rows: Title of a row to its pictures, at most `columns` of them.
        columns: Pictures that a row has room for.
    """
    figure = ShownFigure(
        figsize=(1.35 * columns + 0.2, 1.65 * len(rows) + 0.7),
        layout="constrained",
    )
    strips = figure.subfigures(len(rows), 1, squeeze=False)
    for strip, (title, tiles) in zip(strips[:, 0], rows.items(), strict=True):
        strip.suptitle(title, x=0.01, ha="left", fontsize=10)
        for axes, tile in zip(
            strip.subplots(1, columns, squeeze=False)[0],
            [*tiles, *[None] * columns],
            strict=False,
        ):
            axes.set_axis_off()
            if tile is not None:
                axes.imshow(tile)
    return figure


def _tiles(
    observation: Observation,
    row: FilterRow,
    layer: str,
    read: Mapping[int, np.ndarray],
) -> list[np.ndarray]:
    test = observation.splits["test"]
    return [
        peak_tile(
            read[index],
            test.peaks[layer].positions[index, row.filter],
            observation.field,
            None
            if row.landmark is None
            else test.landmarks[index, row.landmark],
        )
        for index in row.images
    ]


def _legend(figure: Figure, landmarks: bool) -> None:
    ring = Line2D(
        [], [], ls="", marker="o", mfc="none", mec=YELLOW, mew=2, ms=10
    )
    cross = Line2D([], [], ls="", marker="x", color=SKY, mew=3, ms=8)
    handles = [ring, cross] if landmarks else [ring]
    legend = figure.legend(
        handles,
        ["where the filter fires", "the part, as annotated"][: len(handles)],
        loc="outside lower center",
        ncols=2,
        fontsize=9,
        facecolor="#555555",
        edgecolor=BLACK,
        labelcolor="white",
    )
    legend.set_in_layout(True)
