"""The report of a run, one HTML file."""

import base64
import hashlib
import inspect
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from tf_explainer.datasets.part_dataset import PartSplit
from tf_explainer.evaluation.observation import Observation
from tf_explainer.evaluation.result import validate_result
from tf_explainer.report.deciding import class_cards
from tf_explainer.report.explained_images import image_cards
from tf_explainer.report.explanation_page import page_templates
from tf_explainer.report.full_measures import full_tables
from tf_explainer.report.galleries import filter_entries, part_entries
from tf_explainer.report.headline import headline_rows, used_definitions
from tf_explainer.report.image_choice import ChosenImage, chosen_images
from tf_explainer.report.labels import PartLabel, part_labels
from tf_explainer.report.live_filters import filter_data, strongest_images
from tf_explainer.report.measures import measure_table
from tf_explainer.report.part_measures import part_tables
from tf_explainer.report.pictures import figure_uri
from tf_explainer.report.plain_words import findings, verdict
from tf_explainer.report.told_settings import settings_rows
from tf_explainer.visualization import PLOTS
from tf_explainer.visualization.galleries import ReadImages, filter_rows
from tf_explainer.visualization.part_galleries import part_rows

ROWS = 8
COLUMNS = 6
# Parts that have a row; the others are in the table of filters.
PARTS = 40


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


def write_report(
    path: Path,
    result: Mapping[str, Any],
    observation: Observation,
    history: Mapping[str, Sequence[float]],
    images: ReadImages | None = None,
    explainer: Any = None,
) -> None:
    """Writes a page that needs no network and no other file.

    All that comes from the user (file, category, landmark and part names,
    settings) is escaped, and the page forbids foreign addresses and all
    scripts but its own one.

    Args:
        path: The file to write.
        result: Contents of `result.json`.
        observation: What the result was measured on.
        history: Metric to its value in each epoch; may be empty.
        images: Function of indices of test images to uint8 images
            `(height, width, 3)` by index; None leaves the pictures out.
        explainer: The explainer that was observed. With it and with images,
            single images are explained and the fields of parts outlined.

    Raises:
        InputError: If `result` breaks its schema.
    """
    validate_result(result)
    measures = measure_table(result)
    parts, full = part_tables(result), full_tables(result)
    script, policy = _script()
    labels = part_labels(result, explainer)
    page = (
        page_templates()
        .get_template("report.html.j2")
        .render(
            result=result,
            script=script,
            policy=policy,
            verdict=verdict(result),
            findings=findings(result),
            classes=class_cards(result, labels),
            headline=headline_rows(result),
            table=measures,
            part_tables=parts,
            full_tables=full,
            definitions=used_definitions(result, [measures, *parts, *full]),
            settings=settings_rows(
                {"seed": result["seed"], **result["settings"]}
            ),
            plots=_plots(observation=observation, history=history),
            named=[label.text for label in labels],
            **_pictures(observation, result, images, explainer, labels),
        )
    )
    Path(path).write_text(page, encoding="utf-8")


def _script() -> tuple[str, str]:
    """The page's only script, and the policy that lets it run alone."""
    file = resources.files(__package__) / "report.js"
    text = file.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    policy = (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'"
    )
    return text, policy


def _plots(**data: Any) -> list[dict[str, str]]:
    plots = []
    for name in PLOTS.names():
        plot = PLOTS.get(name)
        wanted = inspect.signature(plot).parameters
        figure = plot(**{key: data[key] for key in wanted})
        if figure is not None:
            plots.append({"uri": figure_uri(figure), "alt": figure.get_label()})
    return plots


def _pictures(
    observation: Observation,
    result: Mapping[str, Any],
    images: ReadImages | None,
    explainer: Any,
    labels: Sequence[PartLabel],
) -> dict[str, Any]:
    """All that is made of test images, which are read once."""
    parts = part_rows(observation, parts=PARTS, images=COLUMNS)
    rows = filter_rows(observation, filters=ROWS, images=COLUMNS)
    rows = [] if parts else rows
    chosen: list[ChosenImage] = []
    if explainer is not None and images is not None:
        chosen = chosen_images(observation, seed=result["seed"])
    strongest = strongest_images(observation).values()
    wanted = {index for part in parts for index in part.images}
    wanted |= {index for row in rows for index in row.images}
    wanted |= {one.index for one in chosen}
    wanted |= {index for several in strongest for index in several}
    read = {} if images is None else images(wanted)
    return {
        "parts": part_entries(
            observation, result, parts, labels, read, explainer
        )
        if parts
        else [],
        "filters": filter_entries(observation, rows, read) if read else [],
        "cards": image_cards(observation, explainer, chosen, read, labels)
        if chosen
        else [],
        "live": filter_data(observation, labels, read),
    }
