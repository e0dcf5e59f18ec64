"""Fields by covering the image bit by bit."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from tf_explainer.errors import InputError
from tf_explainer.evaluation.receptive_fields.asked_units import (
    Asked,
    best_images,
    check_same,
    maps_of,
    opened,
    read_images,
)
from tf_explainer.evaluation.receptive_fields.unit_field import UnitField
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.fitting import check_counts

OCCLUDERS = ("mean", "noise")
"""What an occluder shows: the image's mean color, or its pixels, shuffled."""
# Of the image's shorter side; 3 of 96 pixels.
_STRIDE = 1 / 36
# Steps in a square. A whole number: as many squares cover each pixel.
_STEPS = 4

Progress = Callable[[int, int], None]


class Occluder(NamedTuple):
    """Where the image is covered.

    Attributes:
        patch: Side of the square, pixels.
        rows: int, first row of the square at each stop, from the top down;
            squares may reach beyond the image.
        columns: The same of columns.
        size: Height and width of the image, pixels.
    """

    patch: int
    rows: np.ndarray
    columns: np.ndarray
    size: tuple[int, int]

    @classmethod
    def of(
        cls, size: tuple[int, int], patch: int | None, stride: int | None
    ) -> "Occluder":
        """Chooses the stops.

        Args:
            size: Height and width of the image, pixels.
            patch: Side of the square, pixels; `None` for about a ninth of
                the image's shorter side.
            stride: Step between two stops, pixels; `None` for a quarter of
                the square, rounded up.

        Raises:
            InputError: If the square is as large as the image or larger, if
                its step leaves pixels out, or if one of the two is no whole
                number of 1 or more.
        """
        check_counts(patch=patch, stride=stride)
        patch = patch or _STEPS * max(round(min(size) * _STRIDE), 1)
        if patch >= min(size):
            raise InputError(
                "`patch` must be smaller than the image, "
                f"{size[0]} x {size[1]} pixels, received {patch}."
            )
        step = stride or math.ceil(patch / _STEPS)
        if step > patch:
            raise InputError(
                f"`stride` must be at most `patch`, {patch} pixels, so that "
                f"all of the image is covered; received {step}."
            )
        # Centers from border to border: each pixel is covered, the outermost
        # hardly less than others.
        rows, columns = (
            np.arange(((side - 1) % step + 1) // 2, side, step) - patch // 2
            for side in size
        )
        return cls(patch, rows, columns, size)

    @property
    def corners(self) -> np.ndarray:
        """First row and column of all squares; the first covers nothing."""
        grid = np.meshgrid(self.rows, self.columns, indexing="ij")
        stops = np.stack(grid, axis=-1).reshape(-1, 2)
        return np.concatenate([[self.size], stops]).astype(np.int32)

    def of_pixels(self, values: np.ndarray) -> np.ndarray:
        """Returns for each pixel the mean over the squares that cover it.

        Args:
            values: float `(units, stops)`.

        Returns:
            float64 `(units, H, W)`.
        """
        down, across = (
            _shares(starts, self.patch, side)
            for starts, side in zip(
                (self.rows, self.columns), self.size, strict=True
            )
        )
        grids = values.reshape(len(values), len(self.rows), len(self.columns))
        return np.einsum("pr,urc,qc->upq", down, grids, across, optimize=True)


def _shares(starts: np.ndarray, patch: int, side: int) -> np.ndarray:
    """Of each stop at each pixel, `(side, stops)`; they add up to 1."""
    pixels = np.arange(side)[:, None]
    inside = (pixels >= starts) & (pixels < starts + patch)
    return inside / inside.sum(axis=1, keepdims=True)


def occlusion_fields(
    explainer: Explainer,
    images: Any,
    of: str = "parts",
    which: Sequence[int] | None = None,
    *,
    patch: int | None = None,
    stride: int | None = None,
    images_per: int = 5,
    batch_size: int = 64,
    fill: str = "mean",
    progress: Progress | None = None,
) -> list[UnitField]:
    """Returns the field of each part, filter or channel.

    For each, the images to which it answers most are covered by a small
    square, one place after the other. What its response loses, at the unit
    that answers most to the whole image, is a map of what that unit reads:
    at each pixel the mean over the squares that cover it.
    Maps of several images are averaged, with the unit's place in the center.

    Args:
        explainer: A trained `Explainer`.
        images: As in `Explainer.fit`; they are read twice and must come in
            the same order.
        of: `"parts"`, whose response is the logarithm of their odds against
            all other parts and the background, 0 where these are as likely;
            `"filters"` of
            conv-interp-2, after ReLU and mask; `"top_conv"`, channels of the
            performer's top conv-layer.
        which: Their numbers, from 0; `None` for all parts, or the 12 filters
            or channels with the largest mean response. What answers to none
            of the images is then left out.
        patch: Side of the square, pixels; about a ninth of the image by
            default.
            A larger one finds more and shows it less sharply.
        stride: Step of the square, pixels; a quarter of it by default.
        images_per: At most so many images for each.
        batch_size: Covered images at a time, which bounds the memory.
        fill: What the square shows, see `OCCLUDERS`.
        progress: Called with the number of covered images just seen, and of
            all.

    Raises:
        InputError: If an argument is out of range, if there are no parts, if
            one of `which` answers to no image, or if the images do not fit.

    Source:
        Zhou et al. 2015, "Object detectors emerge in deep scene CNNs",
        section 3.2, with squares of 11 pixels and a stride of 3; there the
        squares are random and the images have about 227 pixels.
    """
    check_counts(images_per=images_per, batch_size=batch_size)
    if fill not in OCCLUDERS:
        raise InputError(
            f"`fill` must be one of {', '.join(OCCLUDERS)}, received {fill!r}."
        )
    size: Any = tuple(explainer.receptive_field.image)
    occluder = Occluder.of(size, patch, stride)
    batches = opened(explainer, images, batch_size)
    asked = best_images(explainer, batches, of, which, images_per)
    numbers = sorted({number for one in asked for number in one.numbers})
    pictures = read_images(batches, numbers)
    see = _covered_responses(explainer, of, occluder, batch_size)
    total = len(numbers) * len(occluder.corners)
    falls: dict[tuple[int, int], np.ndarray] = {}
    for number in numbers:
        units = _units(asked, number)
        seen = see(pictures[number], _shown(pictures[number], fill), units)
        answers = []
        for some in seen:
            answers.append(some)
            if progress:
                progress(some.shape[1], total)
        found = np.concatenate(answers, axis=1).astype(np.float64)
        for unit, lost in zip(units, _lost(units, found), strict=True):
            falls[unit.channel, number] = occluder.of_pixels(lost[None])[0]
    return [
        UnitField.made(
            explainer,
            of,
            one,
            np.stack([pictures[number] for number in one.numbers]),
            np.stack([falls[one.channel, n] for n in one.numbers]),
        )
        for one in asked
    ]


class _Unit(NamedTuple):
    """A unit that is asked about one image, and what it answered."""

    row: int
    column: int
    channel: int
    response: float


def _units(asked: Sequence[Asked], number: int) -> list[_Unit]:
    return [
        _Unit(
            int(one.units[place, 0]),
            int(one.units[place, 1]),
            one.channel,
            float(one.responses[place]),
        )
        for one in asked
        for place, image in enumerate(one.numbers)
        if image == number
    ]


def _lost(units: Sequence[_Unit], answers: np.ndarray) -> np.ndarray:
    """Share of the response that each stop costs, `(units, stops)`."""
    whole = answers[:, :1]
    check_same(np.array([one.response for one in units]), whole[:, 0])
    return 1 - answers[:, 1:] / whole


def _shown(image: np.ndarray, fill: str) -> np.ndarray:
    """What the occluders show, of the image's shape."""
    if fill == "mean":
        return np.broadcast_to(image.mean(axis=(0, 1)), image.shape)
    pixels = image.reshape(-1, image.shape[-1])
    return np.random.default_rng(0).permutation(pixels).reshape(image.shape)


def _covered_responses(
    explainer: Explainer, of: str, occluder: Occluder, batch_size: int
) -> Callable[..., Iterable[np.ndarray]]:
    """Returns a function to the responses under each square, by batches.

    Of an image, what the squares show, and units, to `(units, some stops)`.
    """
    maps = maps_of(explainer, of)
    patch, (height, width) = occluder.patch, occluder.size
    image = tf.TensorSpec(explainer.examples.shape, tf.float32)
    stops = tf.TensorSpec((batch_size, 2), tf.int32)
    places = tf.TensorSpec((None, 3), tf.int32)

    @tf.function(input_signature=[image, image, stops, places])
    def run(image: Any, shown: Any, corners: Any, units: Any) -> Any:
        inside = [
            (tf.range(side) >= corners[:, axis, None])
            & (tf.range(side) < corners[:, axis, None] + patch)
            for axis, side in enumerate((height, width))
        ]
        square = inside[0][:, :, None] & inside[1][:, None, :]
        covered = tf.where(square[..., None], shown, image)
        answers = tf.transpose(maps(covered), (1, 2, 3, 0))
        return tf.gather_nd(answers, units)

    corners = occluder.corners

    def see(
        image: np.ndarray, shown: np.ndarray, units: Sequence[_Unit]
    ) -> Iterable[np.ndarray]:
        asked = np.array([one[:3] for one in units], np.int32)
        fixed = [tf.constant(one, tf.float32) for one in (image, shown)]
        for start in range(0, len(corners), batch_size):
            some = corners[start : start + batch_size]
            # The last batch is filled up: another size compiles anew.
            full = np.resize(some, (batch_size, 2))
            yield np.asarray(run(*fixed, full, asked))[:, : len(some)]

    return see
