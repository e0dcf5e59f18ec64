"""The images that fire the best filters most."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from tf_explainer.errors import InputError
from tf_explainer.evaluation.observation import Observation
from tf_explainer.visualization.filter_rows import FilterRow, filter_rows
from tf_explainer.visualization.palette import BLACK, SKY, YELLOW
from tf_explainer.visualization.peak_tile import peak_tile

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
    figure = Figure(
        figsize=(1.35 * columns + 0.2, 1.65 * len(rows) + 0.7),
        layout="constrained",
    )
    strips = figure.subfigures(len(rows), 1, squeeze=False)
    for strip, row in zip(strips[:, 0], rows, strict=True):
        strip.suptitle(row.title, x=0.01, ha="left", fontsize=10)
        for axes, tile in zip(
            strip.subplots(1, columns, squeeze=False)[0],
            [*_tiles(observation, row, layer, read), *[None] * columns],
            strict=False,
        ):
            axes.set_axis_off()
            if tile is not None:
                axes.imshow(tile)
    _legend(figure, any(row.landmark is not None for row in rows))
    names = ", ".join(row.title for row in rows)
    figure.set_label(f"Images that fire {len(rows)} filters most: {names}.")
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
