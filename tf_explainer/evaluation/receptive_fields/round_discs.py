"""Fields without covering anything: the theoretical ones, as discs."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tf_explainer.evaluation.receptive_fields.asked_units import (
    best_images,
    opened,
    read_images,
)
from tf_explainer.evaluation.receptive_fields.unit_field import (
    UnitField,
    places_of_units,
)
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.fitting import check_counts

# A deep layer's field covers the whole image and would say nothing.
LARGEST_FIELD = 0.4
SMALLEST_FIELD = 0.12


def round_fields(
    explainer: Explainer,
    images: Any,
    of: str = "parts",
    which: Sequence[int] | None = None,
    images_per: int = 5,
    batch_size: int = 64,
) -> list[UnitField]:
    """Returns discs around the peaks, the quick kind of field.

    A disc has the height and width of the theoretical receptive field, but
    not less than 0.12 and not more than 0.4 of the image. It says where a
    unit answers, and nothing of what it reads there.

    Args:
        explainer: An `Explainer`.
        images: See `occlusion_fields`.
        of: See `occlusion_fields`.
        which: See `occlusion_fields`.
        images_per: See `occlusion_fields`.
        batch_size: Images at a time.

    Raises:
        InputError: See `occlusion_fields`.
    """
    check_counts(images_per=images_per, batch_size=batch_size)
    batches = opened(explainer, images, batch_size)
    asked = best_images(explainer, batches, of, which, images_per)
    numbers = {number for one in asked for number in one.numbers}
    pictures = read_images(batches, numbers)
    return [
        UnitField.made(
            explainer,
            of,
            one,
            np.stack([pictures[number] for number in one.numbers]),
            _discs(explainer, places_of_units(explainer, one.units)),
        )
        for one in asked
    ]


def _discs(explainer: Explainer, peaks: np.ndarray) -> np.ndarray:
    """1 inside the disc around each peak, `(images, H, W)`."""
    field = explainer.receptive_field
    sides = np.array(field.size) / field.image
    sides = np.clip(sides, SMALLEST_FIELD, LARGEST_FIELD)
    down, across = ((np.arange(side) + 0.5) / side for side in field.image)
    rows = (down - peaks[:, :1]) / (sides[0] / 2)
    columns = (across - peaks[:, 1:]) / (sides[1] / 2)
    far = rows[:, :, None] ** 2 + columns[:, None, :] ** 2
    return (far <= 1).astype(np.float32)
