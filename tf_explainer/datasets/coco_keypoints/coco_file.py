"""One JSON file in COCO's form, read piece by piece."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ijson

from tf_explainer.datasets.crops.objects import Box
from tf_explainer.errors import InputError

_LONGEST = 200


@dataclasses.dataclass(frozen=True, eq=False)
class KeypointObject:
    """One annotated object.

    Attributes:
        number: Its `id`.
        file: Path of its image, as the file tells it.
        category: Name of its category.
        box: Its box.
        landmarks: Name to (row, column) in pixels; those with visibility 0
            are left out.
        is_crowd: Whether the box holds many objects.
        size: Height and width of its image in pixels; None if not told.
    """

    number: int
    file: str
    category: str
    box: Box
    landmarks: dict[str, tuple[float, float]]
    is_crowd: bool
    size: tuple[int, int] | None


class CocoFile:
    """A file with `categories`, `images` and `annotations`.

    Only categories, names and sizes of the images are held in memory.

    Args:
        path: The file.

    Raises:
        InputError: If it cannot be read or no category has keypoints.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._categories: dict[int, tuple[str, list[str]]] = {}
        for item in self._items("categories"):
            keypoints = self._get(item, "keypoints", [])
            name = self._text(item, "name")
            if not _is_names(keypoints):
                raise InputError(
                    f"{path}: `keypoints` of category {name} must be names, "
                    f"received {_shown(keypoints)}."
                )
            self._categories[self._number(item, "id")] = (name, keypoints)
        if not any(names for _, names in self._categories.values()):
            raise InputError(
                f"{path}: no category has `keypoints`; received "
                f"{[name for name, _ in self._categories.values()]}."
            )
        self._files: dict[int, str] = {}
        self._sizes: dict[int, tuple[int, int] | None] = {}
        for item in self._items("images"):
            number = self._number(item, "id")
            self._files[number] = self._text(item, "file_name")
            self._sizes[number] = self._size(item, number)

    def categories(self) -> list[str]:
        """Returns the names of the categories with keypoints."""
        pairs = self._categories.values()
        return [name for name, keypoints in pairs if keypoints]

    def landmark_names(self) -> list[str]:
        """Returns the keypoints of all categories, each once."""
        pairs = self._categories.values()
        names = [name for _, keypoints in pairs for name in keypoints]
        return list(dict.fromkeys(names))

    def files(self) -> list[str]:
        """Returns the paths of all images, as the file tells them."""
        return list(self._files.values())

    def objects(self) -> Iterator[KeypointObject]:
        """Yields the objects of categories with keypoints.

        Raises:
            InputError: If an annotation lacks a field, or names an image or
                a category that is not there.
        """
        for item in self._items("annotations"):
            number = self._number(item, "id")
            category = self._number(item, "category_id")
            image = self._number(item, "image_id")
            if category not in self._categories or image not in self._files:
                raise InputError(
                    f"{self.path}: annotation {number} is of category "
                    f"{category} in image {image}; one of them is not there."
                )
            name, keypoints = self._categories[category]
            if keypoints:
                yield KeypointObject(
                    number=number,
                    file=self._files[image],
                    category=name,
                    box=self._box(item, number),
                    landmarks=self._landmarks(item, keypoints, number),
                    is_crowd=bool(item.get("iscrowd", 0)),
                    size=self._sizes[image],
                )

    def _size(self, item: Any, number: int) -> tuple[int, int] | None:
        given = item.get("height"), item.get("width")
        if given == (None, None):
            return None
        if not all(
            type(side) in (int, float) and 1 <= side < 2**31 and side % 1 == 0
            for side in given
        ):
            raise InputError(
                f"{self.path}: `height` and `width` of image {number} must be "
                "whole numbers > 0, or both left out, received "
                f"{_shown(given)}."
            )
        return int(given[0]), int(given[1])

    def _box(self, item: dict[str, Any], number: int) -> Box:
        values = self._numbers(self._get(item, "bbox"), 4, "bbox", number)
        left, top, width, height = values
        return Box(top, left, top + height, left + width)

    def _landmarks(
        self, item: dict[str, Any], names: list[str], number: int
    ) -> dict[str, tuple[float, float]]:
        given = item.get("keypoints") or [0] * (3 * len(names))
        values = self._numbers(given, 3 * len(names), "keypoints", number)
        columns = values[::3], values[1::3], values[2::3]
        triples = zip(names, *columns, strict=True)
        return {name: (y, x) for name, x, y, seen in triples if seen > 0}

    def _numbers(
        self, values: Any, count: int, name: str, number: int
    ) -> list[float]:
        try:
            numbers = [float(value) for value in values]
        except (TypeError, ValueError, OverflowError):
            numbers = []
        if len(numbers) != count:
            raise InputError(
                f"{self.path}: `{name}` of annotation {number} must be "
                f"{count} numbers, received {_shown(values)}."
            )
        return numbers

    def _get(self, item: Any, name: str, default: Any = None) -> Any:
        if not isinstance(item, dict) or (name not in item and default is None):
            raise InputError(f"{self.path}: {_shown(item)} has no `{name}`.")
        return item.get(name, default)

    def _number(self, item: Any, name: str) -> int:
        value = self._get(item, name)
        if type(value) is not int:
            raise InputError(
                f"{self.path}: `{name}` must be a whole number, received "
                f"{_shown(value)}."
            )
        return value

    def _text(self, item: Any, name: str) -> str:
        value = self._get(item, name)
        if not isinstance(value, str):
            raise InputError(
                f"{self.path}: `{name}` must be a text, received "
                f"{_shown(value)}."
            )
        return value

    def _items(self, key: str) -> Iterator[Any]:
        try:
            with open(self.path, "rb") as file:
                yield from ijson.items(file, f"{key}.item", use_float=True)
        # Of bytes that are no UTF-8, and of numbers without end, too.
        except (OSError, ijson.JSONError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise InputError(
                f"{self.path}: cannot be read as JSON: {reason}"
            ) from error


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
