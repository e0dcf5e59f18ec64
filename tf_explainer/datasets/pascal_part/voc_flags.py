"""Whether VOC2010 calls an object occluded or truncated."""

from pathlib import Path
from xml.etree import ElementTree

from tf_explainer.datasets.crops.part_object import Box
from tf_explainer.errors import InputError

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
