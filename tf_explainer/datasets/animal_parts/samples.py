"""The samples of one category of Animal-Part."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tf_explainer.datasets.crops.matlab_file import MatlabFile
from tf_explainer.datasets.crops.objects import Box
from tf_explainer.errors import InputError

LANDMARKS = {"head": "truth_part01.mat", "legs": "truth_part02.mat"}
_SIDE = 224
_FAR = 5.0
_OTHER = "it belongs to another category or to another version of the data."
_EDGES = ("ymin", "xmin", "ymax", "xmax")


@dataclasses.dataclass(frozen=True, eq=False)
class Sample:
    """One animal.

    Attributes:
        number: Its number, from 1; that of its image file.
        box: Its box, or None if no file tells it.
        landmarks: Name to (row, column) in pixels of the image.
    """

    number: int
    box: Box | None
    landmarks: dict[str, tuple[float, float]]


def read_samples(data: Path, truths: Path) -> Iterator[Sample]:
    """Yields the samples of one category, in order.

    Args:
        data: Its `data.mat`, with `samples(i).obj.bndbox`.
        truths: Folder with its landmark files, with `truth(i).pHW_center`;
            a part whose file is missing is annotated nowhere.

    Raises:
        InputError: If a file cannot be read, lacks a field, or is of other
            samples; or if there is no landmark file at all.
    """
    file = MatlabFile(data, "samples")
    own = [
        _box(file, entry["obj"], f"sample {number}")
        for number, entry in enumerate(file.entries(file.value, "obj"), 1)
    ]
    told = {
        name: _read_truth(truths / truth, own)
        for name, truth in LANDMARKS.items()
        if (truths / truth).is_file()
    }
    if not told:
        raise InputError(f"{truths}: has none of {list(LANDMARKS.values())}.")
    for index, box in enumerate(own):
        mine = {name: part[index] for name, part in told.items()}
        boxes = [truth.box for truth in mine.values() if truth.box]
        box = box or (boxes[0] if boxes else None)
        yield Sample(
            number=index + 1,
            box=box,
            landmarks={
                name: _to_pixels(truth.center, box)
                for name, truth in mine.items()
                if truth.center and box
            },
        )


@dataclasses.dataclass(frozen=True)
class _Truth:
    center: tuple[float, float] | None = None
    box: Box | None = None


def _read_truth(path: Path, boxes: list[Box | None]) -> list[_Truth]:
    file = MatlabFile(path, "truth")
    entries = file.entries(file.value, "pHW_center", "obj")
    found = [
        _truth(file, entry, f"entry {number}")
        for number, entry in enumerate(entries, start=1)
    ]
    samples = len(boxes)
    if len(found) > samples:
        raise InputError(
            f"{path}: has {len(found)} entries for {samples} samples; {_OTHER}"
        )
    found += [_Truth()] * (samples - len(found))
    pairs = [
        (box, truth.box)
        for box, truth in zip(boxes, found, strict=True)
        if box and truth.box
    ]
    # The published ones differ by a pixel at most; one alone may be wrong.
    far = sum(np.abs(np.subtract(*pair)).max() > _FAR for pair in pairs)
    if far > max(1, len(pairs) / 2):
        raise InputError(
            f"{path}: {far} of {len(pairs)} boxes are not those of the "
            f"samples; {_OTHER}"
        )
    return found


def _truth(file: MatlabFile, entry: dict[str, Any], where: str) -> _Truth:
    center = np.asarray(entry["pHW_center"])
    # More than two numbers are two places for one part: nobody knows which.
    if center.size != 2 or not isinstance(entry["obj"], dict):
        return _Truth()
    row, column = (float(value) for value in center.ravel())
    return _Truth((row, column), _box(file, entry["obj"], where))


def _box(file: MatlabFile, holder: Any, where: str) -> Box | None:
    """Returns the box in our coordinates, or None if it is empty."""
    bndbox = file.field(holder, "bndbox", where=where)
    if bndbox is None or not len(bndbox):
        return None
    edges = [
        file.number({"bndbox": bndbox}, "bndbox", edge, where=where)
        for edge in _EDGES
    ]
    # Pixels are counted from 1, and the last one is inside.
    return Box(edges[0] - 1, edges[1] - 1, edges[2], edges[3])


def _to_pixels(center: tuple[float, float], box: Box) -> tuple[float, float]:
    """Returns a place in the box of 224 x 224 pixels, in the image."""
    row, column = ((value - 0.5) / _SIDE for value in center)
    return (
        box.top + row * (box.bottom - box.top),
        box.left + column * (box.right - box.left),
    )
