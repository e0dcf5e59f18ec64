"""What is in front: solids into parts, parts into the animal."""

from typing import NamedTuple

import numpy as np

from tf_explainer.datasets.drawn_animals.fragments import FAR, Fragment
from tf_explainer.datasets.drawn_animals.window import (
    Window,
    inside,
    overlap,
    shape_of,
)


class Surface(NamedTuple):
    """What one part, or the whole animal, shows in a window of the image.

    Attributes:
        window: Rows and columns of the image that the arrays stand for.
        fields: As in `Fragment`, float32 `(4, rows, columns)`.
        tints: Uint8 `(rows, columns)`, index of the material.
        parts: Uint8 `(rows, columns)`, 1 + index of the part, 0 for none.
    """

    window: Window
    fields: np.ndarray
    tints: np.ndarray
    parts: np.ndarray

    @classmethod
    def empty(cls, window: Window) -> "Surface":
        """Returns a surface with nothing on it."""
        shape = shape_of(window)
        fields = np.zeros((4, *shape), "float32")
        fields[0] = FAR
        tints, parts = np.zeros((2, *shape), "uint8")
        return cls(window, fields, tints, parts)

    def add(self, fragment: Fragment, tint: int, part: int) -> None:
        """Puts a solid in, where it is in front."""
        rows, columns = inside(fragment.window, self.window)
        old = self.fields[:, rows, columns]
        ahead = fragment.fields[0] > old[0]
        np.copyto(old, fragment.fields, where=ahead)
        np.copyto(self.tints[rows, columns], tint, where=ahead)
        np.copyto(self.parts[rows, columns], part, where=ahead)

    def melt(
        self, fragment: Fragment, tint: int, part: int, depth: float
    ) -> None:
        """Puts a solid in, flowing together with those of its part.

        Args:
            fragment: The solid.
            tint: Index of its material.
            part: 1 + index of its part.
            depth: Difference in depth over which solids flow together, a
                fraction of the image.
        """
        rows, columns = inside(fragment.window, self.window)
        old = self.fields[:, rows, columns]
        new = fragment.fields
        weight = (new[0] - old[0]) * (0.5 / depth) + 0.5
        np.clip(weight, 0.0, 1.0, out=weight)
        ahead = weight > 0.5
        np.copyto(self.tints[rows, columns], tint, where=ahead)
        np.copyto(self.parts[rows, columns], part, where=ahead)
        bulge = weight * (1.0 - weight) * depth
        # Where neither solid is, both depths are `FAR` and must stay so.
        bulge *= new[0] > FAR
        old += weight * (new - old)
        old[0] += bulge

    def grow_out_of(self, root: "Surface", depth: float) -> None:
        """Takes on the light of another part where the two touch.

        Args:
            root: The other part.
            depth: Difference in depth over which the light changes, a
                fraction of the image.
        """
        shared = overlap(self.window, root.window)
        rows, columns = inside(shared, self.window)
        own = self.fields[:, rows, columns]
        rows, columns = inside(shared, root.window)
        other = root.fields[:, rows, columns]
        weight = 1.0 - np.abs(own[0] - other[0]) * (1.0 / depth)
        np.maximum(weight, 0.0, out=weight)
        own[1:] += weight * (other[1:] - own[1:])

    def cover(self, other: "Surface") -> None:
        """Puts another surface in, where it is in front."""
        rows, columns = inside(other.window, self.window)
        old = self.fields[:, rows, columns]
        ahead = other.fields[0] > old[0]
        np.copyto(old, other.fields, where=ahead)
        np.copyto(self.tints[rows, columns], other.tints, where=ahead)
        np.copyto(self.parts[rows, columns], other.parts, where=ahead)
