"""Where a score comes from: of the performer, the explainer, and parts."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from tf_explainer.errors import InputError
from tf_explainer.evaluation.grad_cam import GradCams
from tf_explainer.visualization.style import ShownFigure, number_text

_SIDE = 1.7
_TITLES = ("performer:\ntop conv-layer", "explainer:\nconv-interp-2")


def grad_cam_figure(
    heats: GradCams, categories: Sequence[str] | None = None
) -> Figure:
    """Draws a row for each image: Grad-CAM of both networks, then of parts.

    All of a row is in units of the score of its category. The two Grad-CAMs
    have one scale and the parts another, from 0 to the largest value there:
    Grad-CAM takes the mean slope of a channel, which is flatter than what a
    part gives unit by unit. What speaks against the category is not drawn;
    the number above a part is all that it gives, with what speaks against.

    Args:
        heats: From `grad_cams`.
        categories: Names of the performer's classes, in order.

    Returns:
        The figure.

    Raises:
        InputError: If there is no image.
    """
    rows = len(heats.images)
    if not rows:
        raise InputError("`heats` must hold one image or more, received none.")
    shown = heats.strongest.shape[1]
    figure = ShownFigure(
        figsize=(_SIDE * (3 + shown) + 1.8, (_SIDE + 0.35) * rows + 0.5),
        layout="constrained",
    )
    grid = figure.subplots(rows, 3 + shown, squeeze=False)
    for row in range(rows):
        _row(figure, grid[row], heats, row, categories)
    for axes, title in zip(grid[0, 1:3], _TITLES, strict=True):
        axes.set_title(title, fontsize=9)
    figure.set_label(_in_words(heats, categories))
    return figure


def _row(
    figure: Figure,
    cells: np.ndarray,
    heats: GradCams,
    row: int,
    categories: Sequence[str] | None,
) -> None:
    pixels = heats.images[row]
    height, width = pixels.shape[:2]
    for axes in cells:
        axes.set_axis_off()
    cells[0].imshow(
        np.clip(pixels, 0, 255).astype(np.uint8), extent=(0, width, height, 0)
    )
    # Names are the users': a dollar would begin a formula.
    told = {"fontsize": 9, "parse_math": False}
    cells[0].set_title(f"score of\n{_category(heats, row, categories)}", **told)
    both = [heats.top_conv[row], heats.interp_2[row]]
    parts = list(np.moveaxis(heats.parts[row], -1, 0))
    for axes, maps, label in (
        (cells[1:3], both, "Grad-CAM"),
        (cells[3:], parts, "part, by unit"),
    ):
        highest = max(float(np.max(maps)), 1e-12)
        for cell, heat in zip(axes, maps, strict=True):
            drawn = _heat_over_image(cell, pixels, heat, highest)
        bar = figure.colorbar(drawn, ax=list(axes), shrink=0.75, pad=0.01)
        bar.ax.tick_params(labelsize=7)
        bar.set_label(label, fontsize=8)
    for axes, part in zip(cells[3:], _parts(heats, row), strict=True):
        axes.set_title(part.replace(": ", "\n"), **told)


def _heat_over_image(
    axes: Axes, pixels: np.ndarray, heat: np.ndarray, highest: float
) -> AxesImage:
    """Heat over the image in gray; no heat leaves it as it is."""
    height, width = heat.shape
    extent = (0, width, height, 0)
    gray = pixels.mean(axis=-1)
    axes.imshow(gray, cmap="gray", vmin=0, vmax=255, extent=extent)
    strength = np.clip(heat / highest, 0, 1)
    return axes.imshow(
        heat,
        cmap="inferno",
        vmin=0,
        vmax=highest,
        alpha=0.25 + 0.6 * strength,
        extent=extent,
    )


def _category(
    heats: GradCams, row: int, categories: Sequence[str] | None
) -> str:
    index = int(heats.categories[row])
    return categories[index] if categories else f"class {index}"


def _parts(heats: GradCams, row: int) -> list[str]:
    """Each of the strongest parts and what it gives."""
    return [
        f"{heats.names[part]}: {number_text(float(given))}"
        for part, given in zip(
            heats.strongest[row], heats.given[row], strict=True
        )
    ]


def _in_words(heats: GradCams, categories: Sequence[str] | None) -> str:
    rows = "; ".join(
        f"{_category(heats, row, categories)}, {', '.join(_parts(heats, row))}"
        for row in range(len(heats.images))
    )
    return (
        f"Where the score of {len(heats.images)} images comes from, in the "
        f"performer, the explainer and its strongest parts: {rows}."
    )
