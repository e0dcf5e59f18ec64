"""One annotated object in a photograph."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Box(NamedTuple):
    """A box in an image; edges in pixels from the top left corner, 0-based.

    The first pixel reaches from 0 to 1, so that the whole image is
    `Box(0, 0, height, width)`.

    Attributes:
        top: Upper edge.
        left: Left edge.
        bottom: Lower edge.
        right: Right edge.
    """

    top: float
    left: float
    bottom: float
    right: float


@dataclasses.dataclass(frozen=True, eq=False)
class PartObject:
    """Where an object and its parts are, as its data set tells it.

    Attributes:
        image: Image file.
        file: Name of the object for messages and the report.
        category: Name of its category.
        box: Its bounding box; None for the whole image.
        landmarks: Name to (row, column) in pixels of the image, as in `Box`;
            hidden ones are left out.
        more: Further features of the example.
        size: Height and width in pixels of the image that was annotated;
            None if the data set does not tell them.
    """

    image: Path
    file: str
    category: str
    box: Box | None
    landmarks: Mapping[str, tuple[float, float]]
    more: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    size: tuple[int, int] | None = None
