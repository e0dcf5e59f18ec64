"""The report of a run, one HTML file."""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tf_explainer.datasets.part_dataset import PartSplit
from tf_explainer.evaluation.observation import Observation
from tf_explainer.evaluation.part_measures.observed import EXPLAINER
from tf_explainer.evaluation.result import validate_result
from tf_explainer.report.explanation_page import page_templates
from tf_explainer.report.full_measures import full_tables
from tf_explainer.report.measures import definitions, measure_table
from tf_explainer.report.part_measures import part_tables
from tf_explainer.report.pictures import figure_uri, jpeg_uri
from tf_explainer.report.plain_words import findings
from tf_explainer.visualization import PLOTS
from tf_explainer.visualization.galleries import (
    FilterRow,
    ReadImages,
    filter_rows,
)
from tf_explainer.visualization.part_galleries import RING, PartRow, part_rows
from tf_explainer.visualization.tiles import peak_tile


def pick_images(
    split: PartSplit, indices: Iterable[int]
) -> dict[int, np.ndarray]:
    """Reads a split once and keeps the images asked for.

    Args:
        split: Where the images are.
        indices: Positions in the split.

    Returns:
        Index to uint8 image `(size, size, 3)`.
    """
    wanted = set(indices)
    if not wanted:
        return {}
    read = enumerate(split.images.take(max(wanted) + 1).as_numpy_iterator())
    return {index: _pixels(image) for index, image in read if index in wanted}


def _pixels(image: np.ndarray) -> np.ndarray:
    if image.dtype == np.uint8:
        return image
    # A performer may take 0 to 1.
    scale = 255 if image.max() <= 1 else 1
    return (image * scale).round().clip(0, 255).astype("uint8")


ROWS = 8
COLUMNS = 6


def write_report(
    path: Path,
    result: Mapping[str, Any],
    observation: Observation,
    history: Mapping[str, Sequence[float]],
    images: ReadImages | None = None,
) -> None:
    """Writes a page that needs no network and no other file.

    All that comes from the user (file, category and landmark names, settings)
    is escaped, and the page forbids scripts and foreign addresses.

    Args:
        path: The file to write.
        result: Contents of `result.json`.
        observation: What the result was measured on.
        history: Metric to its value in each epoch; may be empty.
        images: Function of indices of test images to uint8 images
            `(height, width, 3)` by index; None leaves the galleries out.

    Raises:
        InputError: If `result` breaks its schema.
    """
    validate_result(result)
    page = (
        page_templates()
        .get_template("report.html.j2")
        .render(
            result=result,
            findings=findings(result),
            table=measure_table(result),
            part_tables=part_tables(result),
            full_tables=full_tables(result),
            definitions=definitions(),
            gallery=_gallery(observation, images),
            plots=_plots(observation=observation, history=history),
        )
    )
    Path(path).write_text(page, encoding="utf-8")


def _plots(**data: Any) -> list[dict[str, str]]:
    plots = []
    for name in PLOTS.names():
        plot = PLOTS.get(name)
        wanted = inspect.signature(plot).parameters
        figure = plot(**{key: data[key] for key in wanted})
        if figure is not None:
            plots.append({"uri": figure_uri(figure), "alt": figure.get_label()})
    return plots


def _gallery(
    observation: Observation, images: ReadImages | None
) -> list[dict[str, Any]]:
    if images is None:
        return []
    if parts := part_rows(observation, images=COLUMNS):
        return _part_gallery(observation, images, parts)
    rows = filter_rows(observation, filters=ROWS, images=COLUMNS)
    read = images({index for row in rows for index in row.images})
    return [
        {
            "row": row,
            "tiles": [
                _tile(observation, row, index, read[index])
                for index in row.images
            ],
        }
        for row in rows
    ]


def _part_gallery(
    observation: Observation, images: ReadImages, rows: Sequence[PartRow]
) -> list[dict[str, Any]]:
    test = observation.splits["test"]
    places = test.parts[EXPLAINER].places
    read = images({index for row in rows for index in row.images})

    def tile(row: PartRow, index: int) -> dict[str, str]:
        place = places[index, row.part]
        category = observation.categories[int(test.labels[index])]
        return {
            "uri": jpeg_uri(peak_tile(read[index], place, RING)),
            "alt": (
                f"{test.files[index]} ({category}): part {row.part + 1} lies "
                f"at {100 * place[0]:.0f} % of the height and "
                f"{100 * place[1]:.0f} % of the width"
            ),
        }

    return [
        {"row": row, "tiles": [tile(row, index) for index in row.images]}
        for row in rows
    ]


def _tile(
    observation: Observation, row: FilterRow, index: int, image: Any
) -> dict[str, str]:
    test = observation.splits["test"]
    peak = test.peaks["interp_2"].positions[index, row.filter]
    landmark = (
        None if row.landmark is None else test.landmarks[index, row.landmark]
    )
    tile = peak_tile(image, peak, observation.field, landmark)
    category = observation.categories[int(test.labels[index])]
    return {
        "uri": jpeg_uri(tile),
        "alt": (
            f"{test.files[index]} ({category}): filter {row.filter} fires at "
            f"{100 * peak[0]:.0f} % of the height and {100 * peak[1]:.0f} % "
            "of the width"
        ),
    }
