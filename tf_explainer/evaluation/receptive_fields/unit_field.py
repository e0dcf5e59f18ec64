"""The field of one part, filter or channel."""

import dataclasses
from typing import Any

import numpy as np

from tf_explainer.evaluation.receptive_fields.asked_units import (
    Asked,
    unit_name,
)
from tf_explainer.explainer import Explainer

# A smaller mean fall is no field: its outline would be that of chance.
LEAST_FALL = 0.01


@dataclasses.dataclass(frozen=True, eq=False)
class UnitField:
    """What a part, a filter or a channel reads of its best images.

    Args:
        of: One of `KINDS`.
        index: Its index, from 0.
        name: What it is called: the part's name, `filter 3`, `channel 3`.
        numbers: Positions of its best images among those given, best first.
        images: float32 `(images, H, W, 3)`, these images.
        peaks: float32 `(images, 2)`, `(row, column)` of the unit that answers
            most, fractions of the image.
        responses: float32 `(images,)`, what that unit answers to the whole
            image.
        falls: float32 `(images, H, W)`, share of the response that is lost
            when a pixel is covered, mean over the squares that cover it;
            below 0 it grows. Of a round field 1 inside and 0 outside.
        mean: float32 `(2 (H // 2) + 1, 2 (W // 2) + 1)`, the mean of `falls`
            with all peaks moved to the center, see `aligned_mean`.
    """

    of: str
    index: int
    name: str
    numbers: tuple[int, ...]
    images: np.ndarray
    peaks: np.ndarray
    responses: np.ndarray
    falls: np.ndarray
    mean: np.ndarray

    @classmethod
    def made(
        cls,
        explainer: Explainer,
        of: str,
        asked: Asked,
        images: np.ndarray,
        falls: np.ndarray,
    ) -> "UnitField":
        """Puts a field together.

        Args:
            explainer: Whose unit it is.
            of: One of `KINDS`.
            asked: The channel and its best images.
            images: See above.
            falls: See above.
        """
        peaks = places_of_units(explainer, asked.units)
        return cls(
            of=of,
            index=asked.channel,
            name=unit_name(explainer, of, asked.channel),
            numbers=asked.numbers,
            images=images,
            peaks=peaks,
            responses=asked.responses,
            falls=falls.astype(np.float32),
            mean=aligned_mean(falls, peaks),
        )

    @property
    def deepest(self) -> float:
        """Largest mean fall, a share of the response."""
        return float(np.nanmax(self.mean))

    @property
    def found(self) -> bool:
        """Whether covering lowers the response, by a per cent or more."""
        return self.deepest >= LEAST_FALL

    @property
    def size(self) -> float:
        """Area in which the mean fall is half of the largest or more.

        A fraction of the image, which is what makes fields of different
        networks comparable. Of a unit that reads one pixel it is 0.6 of the
        occluder's own area: of less nothing is told. NaN if no field was
        found.
        """
        if not self.found:
            return float("nan")
        pixels = self.falls[0].size
        return float((self.mean >= self.deepest / 2).sum() / pixels)


def places_of_units(explainer: Explainer, units: np.ndarray) -> np.ndarray:
    """Returns where units lie in the image.

    Args:
        explainer: An `Explainer`.
        units: int `(units, 2)`, rows and columns.

    Returns:
        float32 `(units, 2)`, fractions of height and width.
    """
    found: Any = explainer.receptive_field.to_image(units[:, 0], units[:, 1])
    return np.stack(found, axis=-1)


def aligned_mean(falls: np.ndarray, peaks: np.ndarray) -> np.ndarray:
    """Returns the mean of maps that are moved so that peaks meet.

    Args:
        falls: float `(images, H, W)`.
        peaks: `(images, 2)`, fractions of the image.

    Returns:
        float32 `(2 (H // 2) + 1, 2 (W // 2) + 1)`, the peak in the center;
        NaN where fewer than half of the moved images reach: few would speak
        for all.

    Source:
        Zhou et al. 2015, "Object detectors emerge in deep scene CNNs",
        section 3.2, who center discrepancy maps and average them.
    """
    count, height, width = falls.shape
    half = height // 2, width // 2
    pads = ((0, 0), (half[0], half[0]), (half[1], half[1]))
    padded = np.pad(falls, pads, constant_values=np.nan)
    pixels = np.floor(peaks * (height, width)).astype(int)
    pixels = np.clip(pixels, 0, (height - 1, width - 1))
    moved = np.stack(
        [
            one[row : row + 2 * half[0] + 1, column : column + 2 * half[1] + 1]
            for one, (row, column) in zip(padded, pixels, strict=True)
        ]
    )
    known = ~np.isnan(moved)
    reached = known.sum(axis=0)
    total = np.sum(moved, axis=0, where=known)
    mean = np.where(
        2 * reached >= count, total / np.maximum(reached, 1), np.nan
    )
    return mean.astype(np.float32)
