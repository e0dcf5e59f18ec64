"""What `Annotations_Part/` and VOC2010 say of the objects of a photograph."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from tf_explainer.datasets.crops.matlab_file import MatlabFile
from tf_explainer.datasets.crops.objects import Box
from tf_explainer.errors import InputError

CATEGORIES = ("bird", "cat", "cow", "dog", "horse", "sheep")
# The masks of these make the landmark `head`, as in the authors' code.
HEAD = (
    "head",
    "leye",
    "reye",
    "lear",
    "rear",
    "nose",
    "muzzle",
    "beak",
    "lhorn",
    "rhorn",
)
# The first three are those that the paper measures.
LANDMARKS = (
    "head",
    "neck",
    "torso",
    *HEAD[1:],
    "lwing",
    "rwing",
    "lleg",
    "rleg",
    "lfoot",
    "rfoot",
    "lfleg",
    "rfleg",
    "lbleg",
    "rbleg",
    "lfpa",
    "rfpa",
    "lbpa",
    "rbpa",
    "lfuleg",
    "rfuleg",
    "lbuleg",
    "rbuleg",
    "lflleg",
    "rflleg",
    "lblleg",
    "rblleg",
    "lfho",
    "rfho",
    "lbho",
    "rbho",
    "tail",
)
UNKNOWN = -1
_SAME = 0.5


def voc_flags(path: Path, category: str, box: Box) -> dict[str, int]:
    """Returns `occluded` and `truncated` of the object at a place.

    Pascal-Part does not tell them; the object of the same category whose box
    overlaps best, by half or more, does.

    Args:
        path: File of VOC2010's `Annotations/`, which may be missing.
        category: The object's category.
        box: The object's box.

    Returns:
        The two flags: 1, 0, or -1 where nothing is known.

    Raises:
        InputError: If the file is no XML or a box in it is no box.
    """
    flags = {"occluded": UNKNOWN, "truncated": UNKNOWN}
    if not path.is_file():
        return flags
    best = _SAME
    for found, told in _objects(path, category):
        overlap = _overlap(box, found)
        if overlap >= best:
            best, flags = overlap, told
    return flags


def _objects(path: Path, category: str) -> list[tuple[Box, dict[str, int]]]:
    try:
        tree = ElementTree.parse(path)
        return [
            (_box(item), {name: _flag(item, name) for name in _NAMES})
            for item in tree.iter("object")
            if (item.findtext("name") or "").strip() == category
        ]
    except (ElementTree.ParseError, ValueError) as error:
        raise InputError(
            f"{path}: cannot be read as a VOC annotation: {error}"
        ) from error


_NAMES = ("occluded", "truncated")


def _flag(item: ElementTree.Element, name: str) -> int:
    text = item.findtext(name)
    return UNKNOWN if text is None else int(text)


def _box(item: ElementTree.Element) -> Box:
    edges = [
        float(item.findtext(f"bndbox/{name}") or "nan")
        for name in ("ymin", "xmin", "ymax", "xmax")
    ]
    # VOC counts pixels from 1 and includes the last one.
    return Box(edges[0] - 1, edges[1] - 1, edges[2], edges[3])


def _overlap(one: Box, other: Box) -> float:
    """Returns intersection over union."""
    rows = min(one.bottom, other.bottom) - max(one.top, other.top)
    columns = min(one.right, other.right) - max(one.left, other.left)
    if not (rows > 0 and columns > 0):
        return 0.0
    shared = rows * columns
    areas = [(b.bottom - b.top) * (b.right - b.left) for b in (one, other)]
    return shared / (sum(areas) - shared)


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
