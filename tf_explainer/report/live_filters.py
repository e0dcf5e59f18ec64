"""All live filters, as the page's table reads them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tf_explainer.evaluation.metrics.categories import filter_category
from tf_explainer.evaluation.metrics.skills import filter_skill
from tf_explainer.evaluation.observation import Observation
from tf_explainer.evaluation.peaks import LocatedPeaks
from tf_explainer.report.labels import PartLabel
from tf_explainer.report.pictures import jpeg_uri
from tf_explainer.visualization.tiles import (
    LARGEST_FIELD,
    SMALLEST_FIELD,
    small_picture,
)

LAYER = "interp_2"
# Images that fire a filter most, of each.
TILES = 3
# Pixels of their longer side.
SIZE = 72


def strongest_images(observation: Observation) -> dict[int, list[int]]:
    """Returns the images that fire each live filter most.

    Args:
        observation: What the explainer showed.

    Returns:
        Index of a live filter to those of at most three test images.
    """
    peaks = observation.splits["test"].peaks[LAYER]
    return {
        int(index): [
            int(image)
            for image in np.argsort(-peaks.strengths[:, index], kind="stable")
            if peaks.strengths[image, index] > 0
        ][:TILES]
        for index in np.flatnonzero(peaks.live)
    }


def filter_data(
    observation: Observation,
    labels: Sequence[PartLabel],
    read: Mapping[int, np.ndarray],
) -> dict[str, Any]:
    """Returns JSON values of all live filters, one small picture an image.

    Pictures are shared by the filters that fire in them; where in a picture
    a filter fires is drawn by the page.

    Args:
        observation: What the explainer showed.
        labels: The parts; none if filters belong to none.
        read: Index of a test image to its pixels; empty for no pictures.

    Returns:
        `filters`; `pictures`, index of an image to `uri` and `name`;
        `field`, height and width of the rings, fractions of the image.
    """
    train, test = observation.located(LAYER)
    strongest = strongest_images(observation)
    numbers = _numbers(observation, train, test, labels)
    wanted = {image for images in strongest.values() for image in images}
    field = np.clip(observation.field, SMALLEST_FIELD, LARGEST_FIELD)
    return {
        "filters": [
            {
                **numbers[index],
                "tiles": [
                    [image, *_rounded(test.peaks.positions[image, index])]
                    for image in images
                ],
            }
            for index, images in strongest.items()
        ],
        "pictures": {
            str(image): _picture(observation, image, read[image])
            for image in sorted(wanted)
            if image in read
        },
        "field": _rounded(field),
    }


def _picture(
    observation: Observation, image: int, pixels: np.ndarray
) -> dict[str, str]:
    test = observation.splits["test"]
    category = observation.categories[int(test.labels[image])]
    return {
        "uri": jpeg_uri(small_picture(pixels, SIZE), quality=75),
        "name": f"{test.files[image]} ({category})",
    }


def _numbers(
    observation: Observation,
    train: LocatedPeaks,
    test: LocatedPeaks,
    labels: Sequence[PartLabel],
) -> dict[int, dict[str, Any]]:
    skills = filter_skill(train, test)
    missed = [
        np.sqrt(_mean_of_told(test, skills.landmark, errors))
        for errors in skills.squared_errors(test)
    ]
    owner = {i: one.index for one in labels for i in one.filters or ()}
    classes = _classes(observation, train)
    found = {}
    for index in np.flatnonzero(test.peaks.live).tolist():
        strengths = test.peaks.strengths[:, index]
        fires = strengths > 0
        told = skills.landmark[index] >= 0 and np.isfinite(skills.test[index])
        found[index] = {
            "filter": index,
            "part": owner.get(index, -1),
            "landmark": observation.landmark_names[skills.landmark[index]]
            if told and skills.stands_for[index] >= 0
            else "",
            "class": classes[index],
            "strength": round(float(strengths[fires].mean()), 3),
            "fires": round(float(fires.mean()), 4),
            "skill": round(float(skills.test[index]), 3) if told else None,
            "missed": [
                round(float(one[index]), 4) if np.isfinite(one[index]) else None
                for one in missed
            ],
        }
    return found


def _mean_of_told(
    test: LocatedPeaks, landmark: np.ndarray, errors: np.ndarray
) -> np.ndarray:
    """Mean over the images that show the filter's landmark; NaN of none."""
    if not test.landmarks.shape[1]:
        return np.full(errors.shape[1], np.nan)
    count = test.visible[:, landmark].sum(axis=0) * (landmark >= 0)
    sums = errors.sum(axis=0)
    return np.where(count > 0, sums / np.maximum(count, 1), np.nan)


def _classes(observation: Observation, train: LocatedPeaks) -> list[str]:
    """The class whose images fire each filter most."""
    strengths = train.peaks.strengths
    chosen = filter_category(train)
    known = np.unique(train.labels)
    means = np.stack(
        [strengths[train.labels == label].mean(axis=0) for label in known]
    )
    # Without landmarks every class is asked.
    chosen = np.where(chosen >= 0, chosen, known[means.argmax(axis=0)])
    return [observation.categories[int(label)] for label in chosen]


def _rounded(values: Any) -> list[float]:
    return [round(float(value), 3) for value in values]
