"""A place and a direction in the animal, that shapes are put into."""

import math
from typing import NamedTuple

import numpy as np


class Frame(NamedTuple):
    """A coordinate system: forward, up and to the side.

    Attributes:
        origin: Float64 `(3,)`, the place.
        axes: Float64 `(3, 3)`, rows forward, up and side, of unit length.
        scale: Length of one unit of this frame.
    """

    origin: np.ndarray
    axes: np.ndarray
    scale: float

    @classmethod
    def upright(cls) -> "Frame":
        """Returns the frame of the drawing itself."""
        return cls(np.zeros(3), np.eye(3), 1.0)

    def at(self, forward: float, up: float, side: float = 0.0) -> np.ndarray:
        """Returns a point of this frame, `(3,)`, in the drawing's frame."""
        axes = self.axes
        offset = forward * axes[0] + up * axes[1] + side * axes[2]
        return self.origin + self.scale * offset

    def moved(self, forward: float, up: float, side: float = 0.0) -> "Frame":
        """Returns this frame with its origin at a point of it."""
        return self._replace(origin=self.at(forward, up, side))

    def scaled(self, factor: float) -> "Frame":
        """Returns this frame with its unit made longer by a factor."""
        return self._replace(scale=self.scale * factor)

    def pitched(self, angle: float) -> "Frame":
        """Returns this frame with its nose turned up, angle in radians."""
        return self._turned(0, 1, angle)

    def yawed(self, angle: float) -> "Frame":
        """Returns this frame with its nose turned to the side, in radians."""
        return self._turned(0, 2, angle)

    def rolled(self, angle: float) -> "Frame":
        """Returns this frame with its top leant to the side, in radians."""
        return self._turned(1, 2, angle)

    def _turned(self, first: int, second: int, angle: float) -> "Frame":
        cosine, sine = math.cos(angle), math.sin(angle)
        axes = self.axes.copy()
        axes[first] = cosine * self.axes[first] + sine * self.axes[second]
        axes[second] = cosine * self.axes[second] - sine * self.axes[first]
        return self._replace(axes=axes)
