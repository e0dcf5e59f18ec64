"""One drawn animal with its truth."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True, eq=False)
class Drawing:
    """An image of an animal, and where its parts are.

    Attributes:
        image: Uint8 RGB `(size, size, 3)`.
        part_map: Uint8 `(size, size)`: the part seen in each pixel, as
            1 + index into `PART_NAMES`; 0 where there is none.
        landmarks: Float32 `(parts, 2)`, the center of each part's visible
            area, as if nothing stood in front of the animal: (row, column)
            in fractions of the image. NaN where the animal has no such part,
            where it was left out, where it is outside the image or hidden by
            the animal itself, and where what stands in front leaves less
            than a quarter of it free.
        category: Name of the animal.
        parts: Names of the parts that this animal has and that were drawn,
            seen or not.
        seed: The number that the drawing was made from.
    """

    image: np.ndarray
    part_map: np.ndarray
    landmarks: np.ndarray
    category: str
    parts: tuple[str, ...]
    seed: int
