"""Pictures of parts and of filters, as the page shows them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.evaluation.observation import Observation
from tf_explainer.evaluation.part_measures.observed import EXPLAINER
from tf_explainer.explainer.explaining import maps_extent
from tf_explainer.report.deciding import served_classes
from tf_explainer.report.labels import PartLabel
from tf_explainer.report.pictures import jpeg_uri
from tf_explainer.visualization.field_tiles import Field, field_tile
from tf_explainer.visualization.galleries import FilterRow
from tf_explainer.visualization.part_galleries import RING, PartRow
from tf_explainer.visualization.style import percent_text
from tf_explainer.visualization.tiles import peak_tile

_BATCH = 16


def part_entries(
    observation: Observation,
    result: Mapping[str, Any],
    rows: Sequence[PartRow],
    labels: Sequence[PartLabel],
    read: Mapping[int, np.ndarray],
    explainer: Any = None,
) -> list[dict[str, Any]]:
    """Returns what the page shows of each part.

    Args:
        observation: What the explainer showed.
        result: Contents of `result.json`.
        rows: The parts and their images.
        labels: What they are called.
        read: Index of a test image to its pixels; of images that are not
            there no picture is made.
        explainer: Whose maps are outlined; without it a ring is drawn.
    """
    fields = _fields(explainer, rows, read)
    seen = observation.splits["test"].parts[EXPLAINER]
    entries = []
    for row in rows:
        label = labels[row.part]
        places = seen.places[seen.present[:, row.part], row.part]
        entries.append(
            {
                "label": label,
                "row": row,
                "mean": places.mean(axis=0).tolist(),
                "spread": places.std(axis=0).tolist(),
                "where": place_in_words(places.mean(axis=0)),
                "classes": served_classes(result, row.part),
                "tiles": [
                    _part_tile(observation, row, label, index, read, fields)
                    for index in row.images
                    if index in read
                ],
            }
        )
    return entries


def place_in_words(place: Sequence[float]) -> str:
    """Returns where a place lies: `upper left`, `center`, `lower middle`, ….

    Args:
        place: `(row, column)`, fractions of the image.
    """
    row = ("upper", "middle", "lower")[min(int(3 * place[0]), 2)]
    column = ("left", "middle", "right")[min(int(3 * place[1]), 2)]
    return "center" if row == column == "middle" else f"{row} {column}"


def _fields(
    explainer: Any, rows: Sequence[PartRow], read: Mapping[int, np.ndarray]
) -> dict[str, Any]:
    """Part maps of the images of a gallery, and how they lie in them."""
    if explainer is None or not explainer.encoder.parts:
        return {}
    wanted = sorted({i for row in rows for i in row.images if i in read})
    maps: dict[int, np.ndarray] = {}
    for start in range(0, len(wanted), _BATCH):
        some = wanted[start : start + _BATCH]
        images = np.stack([read[index] for index in some]).astype(np.float32)
        told = np.asarray(explainer(tf.constant(images))["part_maps"])
        maps |= dict(zip(some, told, strict=True))
    return {"maps": maps, "extent": maps_extent(explainer.receptive_field)}


def _part_tile(
    observation: Observation,
    row: PartRow,
    label: PartLabel,
    index: int,
    read: Mapping[int, np.ndarray],
    fields: Mapping[str, Any],
) -> dict[str, str]:
    test = observation.splits["test"]
    place = test.parts[EXPLAINER].places[index, row.part]
    category = observation.categories[int(test.labels[index])]
    if fields:
        heights = fields["maps"][index][..., row.part]
        drawn = [Field(heights, label.color)]
        tile = field_tile(read[index], drawn, fields["extent"])
    else:
        tile = peak_tile(read[index], place, RING)
    return {
        "uri": jpeg_uri(tile),
        "alt": (
            f"{test.files[index]} ({category}): {label.text} lies at "
            f"{percent_text(place[0], 0)} of the height and "
            f"{percent_text(place[1], 0)} of the width"
        ),
    }


def filter_entries(
    observation: Observation,
    rows: Sequence[FilterRow],
    read: Mapping[int, np.ndarray],
) -> list[dict[str, Any]]:
    """Returns what the page shows of the best filters.

    Args:
        observation: What the explainer showed.
        rows: The filters and their images.
        read: Index of a test image to its pixels.
    """
    return [
        {
            "row": row,
            "tiles": [
                _filter_tile(observation, row, index, read[index])
                for index in row.images
                if index in read
            ],
        }
        for row in rows
    ]


def _filter_tile(
    observation: Observation, row: FilterRow, index: int, image: np.ndarray
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
