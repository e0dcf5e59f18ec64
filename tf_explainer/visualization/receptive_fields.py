"""What parts, filters and channels read of their best images."""

from collections.abc import Sequence

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from tf_explainer.errors import InputError
from tf_explainer.evaluation.receptive_fields import UnitField
from tf_explainer.visualization.style import (
    BLACK,
    YELLOW,
    ShownFigure,
    percent_text,
)

# Of what lies outside of a field, so that the inside stands out.
_DIMMED = 0.45
_SIDE = 1.35


def receptive_field_figure(
    *blocks: Sequence[UnitField], columns: int = 5
) -> Figure:
    """Draws a row for each part or filter: its mean field and its best images.

    The mean field is at the left, with a cross at the unit's place; its scale
    is that of the row, from 0 to the largest mean fall. In the field and in
    the images the part is outlined where the response falls by half of that
    or more; the rest of an image is darker.

    Args:
        *blocks: Each from `occlusion_fields` or `round_fields`; they stand
            side by side, such as the filters of the explainer and the
            channels of the performer.
        columns: At most so many images a row.

    Returns:
        The figure.

    Raises:
        InputError: If there is no field, or `columns` is below 1.

    Source:
        Zhou et al. 2015, "Object detectors emerge in deep scene CNNs";
        Zhang et al. 2018, figure 4, for the two blocks.
    """
    if not blocks or not all(blocks):
        raise InputError(
            "`blocks` must hold one field or more each, received none."
        )
    if columns < 1:
        raise InputError(f"`columns` must be >= 1, received {columns}.")
    rows = max(map(len, blocks))
    width = _SIDE * (columns + 1) * len(blocks)
    figure = ShownFigure(
        figsize=(width + 0.3, (_SIDE + 0.25) * rows + 0.3), layout="constrained"
    )
    halves = figure.subfigures(1, len(blocks), squeeze=False, wspace=0.03)[0]
    for half, block in zip(halves, blocks, strict=True):
        if len(blocks) > 1:
            half.suptitle(_KINDS[block[0].of], fontsize=11)
        strips = half.subfigures(rows, 1, squeeze=False)[:, 0]
        for strip, field in zip(strips, block, strict=False):
            _row(strip, field, columns)
    figure.set_label(" ".join(_in_words(block) for block in blocks))
    return figure


_KINDS = {
    "parts": "parts of the explainer",
    "filters": "filters of the explainer",
    "top_conv": "channels of the performer's top conv-layer",
}


def _row(strip: SubFigure, field: UnitField, columns: int) -> None:
    # Names are the users': a dollar would begin a formula.
    strip.suptitle(
        _title(field), x=0.01, ha="left", fontsize=8.5, parse_math=False
    )
    first, *others = strip.subplots(1, columns + 1, squeeze=False)[0]
    _mean_field(first, field)
    for number, axes in enumerate(others):
        axes.set_axis_off()
        if number < len(field.numbers):
            half = field.deepest / 2 if field.found else 0.0
            _cut_image(axes, field.images[number], field.falls[number], half)


def _title(field: UnitField) -> str:
    if not field.found:
        return f"{field.name}: no occluder lowers the response by 1 %"
    return (
        f"{field.name}: field {percent_text(field.size)} of the image, "
        f"response falls by up to {percent_text(field.deepest, 0)}"
    )


def _mean_field(axes: Axes, field: UnitField) -> None:
    """The averaged field, white where too few images reach."""
    height, width = field.mean.shape
    extent = (-width / 2, width / 2, height / 2, -height / 2)
    highest = max(field.deepest, 1e-12)
    axes.imshow(field.mean, "cividis", vmin=0, vmax=highest, extent=extent)
    for color, width in ((BLACK, 3.0), ("white", 1.2)):
        axes.plot(0, 0, marker="+", color=color, ms=8, mew=width)
    if field.found:
        known = np.nan_to_num(field.mean, nan=0.0)
        _outline(axes, known, field.deepest / 2, extent)
    axes.set_xticks(())
    axes.set_yticks(())


def _cut_image(
    axes: Axes, image: np.ndarray, falls: np.ndarray, half: float
) -> None:
    height, width = falls.shape
    extent = (0, width, height, 0)
    inside = falls >= half if half > 0 else np.zeros(falls.shape, bool)
    light = np.where(inside[..., None], 1, _DIMMED)
    pixels = np.clip(image * light, 0, 255).astype(np.uint8)
    axes.imshow(pixels, extent=extent)
    if inside.any():
        _outline(axes, falls, half, extent)


def _outline(
    axes: Axes,
    values: np.ndarray,
    level: float,
    extent: tuple[float, float, float, float],
) -> None:
    """Yellow on black, which is seen on any image, and in gray."""
    lines = axes.contour(
        values,
        [level],
        colors=YELLOW,
        linewidths=1.1,
        extent=extent,
        origin="upper",
    )
    under = patheffects.withStroke(linewidth=2.4, foreground=BLACK)
    lines.set_path_effects([under])


def _in_words(fields: Sequence[UnitField]) -> str:
    told = ", ".join(
        f"{one.name} {percent_text(one.size)} of the image"
        if one.found
        else f"{one.name} none"
        for one in fields
    )
    return f"Fields of {len(fields)} {_KINDS[fields[0].of]}: {told}."
