"""The objects of one file of `Annotations_Part/`."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tf_explainer.datasets.crops.matlab_file import MatlabFile
from tf_explainer.datasets.crops.part_object import Box
from tf_explainer.datasets.pascal_part.parts import CATEGORIES, HEAD, LANDMARKS
from tf_explainer.errors import InputError


@dataclasses.dataclass(frozen=True, eq=False)
class AnnotatedAnimal:
    """One animal as its masks tell it.

    Attributes:
        index: Place among all objects of the image, from 1.
        category: Name of the animal.
        box: Box around its mask.
        landmarks: Name to (row, column) in pixels: the center of the union
            of the masks that make the part.
        size: Height and width of the masks, and so of the image, in pixels.
    """

    index: int
    category: str
    box: Box
    landmarks: dict[str, tuple[float, float]]
    size: tuple[int, int]


def read_annotation(path: Path) -> Iterator[AnnotatedAnimal]:
    """Yields the animals of one annotation, in its order.

    Args:
        path: A MATLAB file with `anno.objects(i).{class, mask, parts}`.

    Raises:
        InputError: If the file cannot be read, a field is missing, or a mask
            is empty.
    """
    file = MatlabFile(path, "anno")
    objects = file.field(file.value, "objects")
    entries = file.entries(objects, "class", "mask", "parts")
    for index, entry in enumerate(entries, start=1):
        if entry["class"] not in CATEGORIES:
            continue
        where = f"object {index}"
        mask = _mask(entry["mask"], file, where)
        rows, columns = np.nonzero(mask)
        box = Box(
            float(rows.min()),
            float(columns.min()),
            float(rows.max() + 1),
            float(columns.max() + 1),
        )
        parts = _parts(entry["parts"], mask.shape, file, where)
        landmarks, size = _landmarks(parts), mask.shape
        yield AnnotatedAnimal(index, entry["class"], box, landmarks, size)


def _mask(value: Any, file: MatlabFile, where: str) -> np.ndarray:
    mask = np.asarray(value)
    if mask.ndim != 2 or not mask.any():
        raise InputError(
            f"{file.path}, {where}: `mask` must have two axes and a pixel "
            f"set, received shape {mask.shape}."
        )
    return mask.astype(bool)


def _parts(
    value: Any, shape: tuple[int, ...], file: MatlabFile, where: str
) -> dict[str, np.ndarray]:
    parts = {}
    for entry in file.entries(value, "part_name", "mask"):
        name, mask = entry["part_name"], np.asarray(entry["mask"])
        if mask.shape != shape:
            raise InputError(
                f"{file.path}, {where}: the mask of part {name!r} must have "
                f"the shape {shape} of the object's, received {mask.shape}."
            )
        parts[str(name)] = mask.astype(bool)
    return parts


def _landmarks(
    parts: dict[str, np.ndarray],
) -> dict[str, tuple[float, float]]:
    landmarks = {}
    for name in LANDMARKS:
        pieces = HEAD if name == "head" else (name,)
        masks = [parts[piece] for piece in pieces if piece in parts]
        union = np.any(masks, axis=0) if masks else np.zeros((1, 1), bool)
        if union.any():
            rows, columns = np.nonzero(union)
            center = float(rows.mean() + 0.5), float(columns.mean() + 0.5)
            landmarks[name] = center
    return landmarks
