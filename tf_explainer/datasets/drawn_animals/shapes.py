"""The two solids that every part is made of."""

from typing import NamedTuple

import numpy as np

from tf_explainer.datasets.drawn_animals.frame import Frame


class Cone(NamedTuple):
    """A round limb: a ball that grows or shrinks as it moves.

    Attributes:
        part: Name of the part it belongs to.
        tint: What it is made of, a name in `coat.TINTS`.
        start: Center of the first ball, `(3,)`.
        end: Center of the last ball, `(3,)`.
        start_radius: Radius of the first ball.
        end_radius: Radius of the last ball.
    """

    part: str
    tint: str
    start: np.ndarray
    end: np.ndarray
    start_radius: float
    end_radius: float


class Blob(NamedTuple):
    """An ellipsoid.

    Attributes:
        part: Name of the part it belongs to.
        tint: What it is made of, a name in `coat.TINTS`.
        center: `(3,)`.
        axes: `(3, 3)`, rows of unit length at right angles.
        radii: Half lengths along the rows of `axes`.
    """

    part: str
    tint: str
    center: np.ndarray
    axes: np.ndarray
    radii: tuple[float, float, float]


def cone(
    part: str,
    tint: str,
    frame: Frame,
    start: tuple[float, float, float],
    end: tuple[float, float, float],
    radii: tuple[float, float],
) -> Cone:
    """Returns a cone between two points of a frame, radii in its units."""
    return Cone(
        part,
        tint,
        frame.at(*start),
        frame.at(*end),
        frame.scale * radii[0],
        frame.scale * radii[1],
    )


def blob(
    part: str,
    tint: str,
    frame: Frame,
    center: tuple[float, float, float],
    radii: tuple[float, float, float],
) -> Blob:
    """Returns an ellipsoid along the axes of a frame, in its units."""
    forward, up, side = (frame.scale * radius for radius in radii)
    return Blob(part, tint, frame.at(*center), frame.axes, (forward, up, side))
