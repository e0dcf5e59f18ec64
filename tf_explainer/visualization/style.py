"""Figures, colors for color-blind readers, numbers as a person reads them."""

import io
from typing import Any

from matplotlib.figure import Figure

BLACK = "#000000"
SKY = "#56b4e9"
YELLOW = "#f0e442"
BLUE = "#0072b2"
VERMILION = "#d55e00"
GRAY = "#6b6b6b"
# Of things that stand side by side, as many as can be told apart.
MARKS = (VERMILION, BLUE, YELLOW, "#009e73", "#cc79a7", SKY, "#e69f00")
# Of parts, which keep their color on a whole page.
PART_COLORS = (*MARKS, "#882255", "#44aa99", "#999933", "#6699cc", "#aa4499")
MISSING = "–"
MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NARROW NO-BREAK SPACE}"


def number_text(value: Any, digits: int = 2) -> str:
    """Returns a number with fixed digits, or a dash if there is none.

    Args:
        value: A number, or None.
        digits: Digits behind the point; an integer gets none.
    """
    if value is None:
        return MISSING
    if isinstance(value, int):
        return f"{value:,}".replace("-", MINUS)
    # The z leaves out the sign of what is rounded to 0.
    return f"{value:z.{digits}f}".replace("-", MINUS)


def percent_text(share: Any, digits: int = 1) -> str:
    """Returns a share as percent, or a dash if there is none.

    Args:
        share: In [0, 1], or None.
        digits: Digits behind the point.
    """
    if share is None:
        return MISSING
    return f"{number_text(100 * float(share), digits)}{SPACE}%"


def part_color(index: int) -> str:
    """Returns the color of a part; a number tells it from others of it.

    Args:
        index: Its place among the parts.
    """
    return PART_COLORS[index % len(PART_COLORS)]


class ShownFigure(Figure):
    """A figure that a notebook shows, also where pyplot is not imported."""

    def _repr_png_(self) -> bytes:
        self.savefig(file := io.BytesIO(), format="png", dpi=90)
        return file.getvalue()
