"""Colors as red, green and blue within [0, 1]."""

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
