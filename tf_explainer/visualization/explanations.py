"""One image, explained in one picture."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from contourpy import contour_generator
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import text_to_path

from tf_explainer.errors import InputError
from tf_explainer.explainer import ExplainedPart, Explanation
from tf_explainer.visualization.style import (
    BLACK,
    GRAY,
    MARKS,
    ShownFigure,
    number_text,
)

TOP = 5
# Below this height a field is not drawn.
_LEVEL = 0.5
# Inches; points; letters of a bar's label.
_WIDTH, _LABEL, _LONGEST = 9.6, 8.5, 36


def show_explanation(
    explanation: Explanation, top: int | None = None
) -> Figure:
    """Draws an image, its parts as fields, and what each gives to the score.

    Args:
        explanation: What `Explainer.explain` returned for one image.
        top: How many parts to show, those that give most, for or against; 5
            if not given. The others are one bar.

    Returns:
        The figure. A notebook shows it by itself.

    Raises:
        InputError: If `explanation` is not one, or `top` is below 1.
    """
    if not isinstance(explanation, Explanation):
        raise InputError(
            "`explanation` must come from `Explainer.explain`, received "
            f"{type(explanation).__name__}."
        )
    if top is not None and top < 1:
        raise InputError(f"`top` must be >= 1, received {top}.")
    shown = [part for part in explanation.parts if part.place is not None][
        : top or TOP
    ]
    bars = explanation_bars(explanation, shown)
    height, width = explanation.image.shape[:2]
    figure = ShownFigure(figsize=(_WIDTH, max(3.6, 0.42 * len(bars) + 1.5)))
    # Names are the user's: a dollar sign is no formula.
    figure.suptitle(
        headline(explanation),
        fontsize=10.5,
        x=0.01,
        y=1 - 0.08 / figure.get_figheight(),
        ha="left",
        va="top",
        parse_math=False,
    )
    ratio = min(max(width / height, 0.6), 1.6)
    left, right = _panels(figure, ratio, [_short(name) for name, *_ in bars])
    _image(left, explanation, shown)
    _bars(right, bars)
    figure.set_label(in_words(explanation, bars))
    return figure


def _panels(
    figure: Figure, ratio: float, labels: Sequence[str]
) -> tuple[Axes, Axes]:
    """Places for the image and, behind their labels, for the bars.

    A layout engine would draw everything twice.
    """
    sizes = [
        text_to_path.get_text_width_height_descent(
            label, FontProperties(size=_LABEL), ismath=False
        )[0]
        for label in labels
    ]
    margin, beside, below, above = 0.1, 0.25, 0.35, 0.78
    written = max(sizes) / 72 + beside
    room = _WIDTH - written - 3 * margin
    image, chart = (room * part / (ratio + 1.35) for part in (ratio, 1.35))
    high = figure.get_figheight()
    bottom, height = below / high, (high - below - above) / high
    left, right = (
        figure.add_axes((x / _WIDTH, bottom, wide / _WIDTH, height))
        for x, wide in ((margin, image), (margin + image + written, chart))
    )
    return left, right


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def explanation_bars(
    explanation: Explanation, shown: Sequence[ExplainedPart]
) -> list[tuple[str, float, str]]:
    """Returns label, height and color of bars that add up to the score.

    Args:
        explanation: Of one image.
        shown: Parts that have a bar of their own.
    """
    bars = [
        (part.label, part.contribution, color)
        for part, (color, _) in zip(shown, _marks(len(shown)), strict=True)
    ]
    others = [part for part in explanation.parts if part not in shown]
    if others:
        given = sum(part.contribution for part in others)
        bars.append((f"{len(others)} other parts", given, GRAY))
    bars.append(("ordinary track", explanation.ordinary, GRAY))
    bars.append(("together, and biases", explanation.rest, GRAY))
    return [*bars, ("score", explanation.score, BLACK)]


def headline(explanation: Explanation) -> str:
    """Returns the question, its answer and whether to trust it, in two lines.

    Args:
        explanation: Of one image.
    """
    own, trust = explanation.performer_probabilities, explanation.trust
    first = next(iter(own))
    reasons = "; ".join(trust.reasons) or "explainer and CNN agree"
    return (
        f"{explanation.question}?  The CNN says {first} "
        f"({number_text(own[first])}).  Score "
        f"{number_text(explanation.score)}, the CNN's own "
        f"{number_text(trust.performer_score)}.\n"
        f"{'With care' if trust.reasons else 'Fine'}: {reasons}."
    )


def in_words(
    explanation: Explanation, bars: Sequence[tuple[str, float, str]]
) -> str:
    """Returns what the picture shows, for those who do not see it.

    Args:
        explanation: Of one image.
        bars: See `explanation_bars`.
    """
    told = ", ".join(f"{name} {number_text(value)}" for name, value, _ in bars)
    return f"{explanation.source}: {headline(explanation)} Given: {told}."


def _marks(count: int) -> list[tuple[str, str]]:
    """Color and line style of each part: told apart in gray, too."""
    styles = ("solid", "dashed", "dotted")
    return [
        (MARKS[i % len(MARKS)], styles[i // len(MARKS) % len(styles)])
        for i in range(count)
    ]


def _image(
    axes: Axes, explanation: Explanation, shown: Sequence[ExplainedPart]
) -> None:
    pixels = picture_of(explanation.image)
    height, width = pixels.shape[:2]
    axes.imshow(
        pixels, cmap="gray", vmin=0, vmax=255, extent=(0, width, height, 0)
    )
    axes.set_axis_off()
    # The largest first, so that none hides another.
    marks = _marks(len(shown))
    order = sorted(range(len(shown)), key=lambda i: -shown[i].field.sum())
    for i in order:
        _field(axes, explanation, shown[i], *marks[i])
    for i, part in enumerate(shown):
        _number(axes, part, marks[i][0], (height, width))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)


def picture_of(image: np.ndarray) -> np.ndarray:
    """Returns an image as uint8, `(H, W, 3)` or, of one channel, `(H, W)`.

    Args:
        image: `(H, W, channels)`, values 0 to 255, or 0 to 1 if none is above.
    """
    whole = np.issubdtype(image.dtype, np.integer) or image.max() > 1
    pixels = np.clip(image if whole else 255 * image, 0, 255).astype(np.uint8)
    return pixels[..., 0] if image.shape[-1] == 1 else pixels


def _field(
    axes: Axes,
    explanation: Explanation,
    part: ExplainedPart,
    color: str,
    style: str,
) -> None:
    left, right, bottom, top = explanation.extent
    rows, columns = part.field.shape
    ys = top + (np.arange(rows) + 0.5) * (bottom - top) / rows
    xs = left + (np.arange(columns) + 0.5) * (right - left) / columns
    field = part.field / max(float(part.field.max()), 1e-12)
    if min(field.shape) < 2:
        return
    # A border of nothing closes the outline where a field meets the edge.
    padded = np.pad(field, 1)
    ys = np.concatenate([[2 * ys[0] - ys[1]], ys, [2 * ys[-1] - ys[-2]]])
    xs = np.concatenate([[2 * xs[0] - xs[1]], xs, [2 * xs[-1] - xs[-2]]])
    # Without matplotlib's contours, whose color maps take most of the time.
    outlines: Any = contour_generator(xs, ys, padded).lines(_LEVEL)
    if not outlines:
        return
    path = Path.make_compound_path(
        *(Path(outline, closed=True) for outline in outlines)
    )
    fill = (*to_rgb(color), 0.35)
    for line, width, inside in (("white", 3.2, "none"), (color, 1.8, fill)):
        axes.add_collection(
            PathCollection(
                [path],
                facecolors=[inside],
                edgecolors=[line],
                linewidths=width,
                linestyles="solid" if line == "white" else style,
            ),
            autolim=False,
        )


def _number(
    axes: Axes,
    part: ExplainedPart,
    color: str,
    size: tuple[int, int],
) -> None:
    row, column = part.place or (0.0, 0.0)
    axes.annotate(
        part.number,
        (column * size[1], row * size[0]),
        ha="center",
        va="center",
        # Sized by what it gives.
        fontsize=8 + 8 * min(abs(part.share), 0.5) / 0.5,
        color="white",
        fontweight="bold",
        bbox={
            "boxstyle": "circle,pad=0.2",
            "facecolor": BLACK,
            "edgecolor": color,
            "linewidth": 1.6,
        },
    )


def _bars(axes: Axes, bars: Sequence[tuple[str, float, str]]) -> None:
    values = [value for _, value, _ in bars]
    places = np.arange(len(bars))
    drawn: Any = axes.barh(
        places, values, color=[color for *_, color in bars], height=0.62
    )
    for bar, value in zip(drawn, values, strict=True):
        if value < 0:
            bar.set_hatch("///")
            bar.set_edgecolor("white")
    axes.bar_label(
        drawn, [number_text(value) for value in values], padding=3, fontsize=8
    )
    axes.set_yticks(
        places,
        [_short(name) for name, *_ in bars],
        fontsize=_LABEL,
        parse_math=False,
    )
    axes.invert_yaxis()
    axes.axvline(0, color=BLACK, linewidth=0.8)
    axes.axhline(len(bars) - 1.5, color=GRAY, linewidth=0.6)
    axes.margins(x=0.16)
    axes.tick_params(axis="x", labelsize=8)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.set_title(
        "what each gives to the score (hatched: against)",
        fontsize=9,
        loc="left",
    )
