"""Colors, and the light on a scene."""

import dataclasses
import math

import numpy as np

from tf_explainer.datasets.drawn_animals.stream import Stream

Color = tuple[float, float, float]


def mixed(first: Color, second: Color, share: float) -> Color:
    """Returns a color between two.

    Args:
        first: The color at a share of 0.
        second: The color at a share of 1.
        share: Within [0, 1].
    """
    red, green, blue = (
        a + share * (b - a) for a, b in zip(first, second, strict=True)
    )
    return red, green, blue


_COLORS = (
    (1.0, 1.0, 1.0),
    (1.06, 1.0, 0.9),
    (1.1, 0.97, 0.82),
    (0.92, 0.98, 1.08),
    (0.98, 1.02, 0.96),
)


@dataclasses.dataclass(frozen=True)
class Light:
    """One lamp far away, and light from all around.

    Attributes:
        direction: To the lamp: right, down, towards the viewer; length 1.
        ambient: Brightness from all around, no unit.
        direct: Brightness from the lamp, no unit.
        color: Red, green and blue of both, 1 for white.
    """

    direction: tuple[float, float, float]
    ambient: float
    direct: float
    color: tuple[float, float, float]

    @classmethod
    def draw(cls, stream: Stream) -> "Light":
        """Returns random light from above."""
        right = stream.uniform(-0.75, 0.75)
        down = stream.uniform(-1.0, -0.45)
        near = stream.uniform(0.35, 0.9)
        length = math.sqrt(right * right + down * down + near * near)
        direct = stream.uniform(0.4, 0.85)
        brightness = stream.uniform(0.9, 1.1)
        return cls(
            (right / length, down / length, near / length),
            brightness * (1.05 - 0.62 * direct),
            brightness * direct,
            stream.choice(_COLORS),
        )

    def on(self, lit: np.ndarray, zenith: np.ndarray) -> np.ndarray:
        """Returns the brightness of a surface.

        Args:
            lit: Cosine between the surface and the lamp, any shape.
            zenith: Cosine between the surface and the zenith, same shape.
        """
        wrapped = np.maximum(lit * 0.82 + 0.18, 0.0)
        return self.ambient * (0.72 + 0.28 * zenith) + self.direct * wrapped
