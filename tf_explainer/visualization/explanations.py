"""One image, explained in one picture."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.visualization.style import BLACK

_COLUMNS = 3


def show_explanation(
    explainer: Explainer,
    image: Any,
    categories: Sequence[str] | None = None,
    filters: int = 6,
    filter_names: Sequence[str] | None = None,
) -> Figure:
    """Draws an image, its strongest filters' peaks, and their maps.

    Args:
        explainer: An `Explainer`.
        image: `(height, width, 3)`, values 0 to 255, of the size that the
            performer takes.
        categories: Names of the performer's classes, in order.
        filters: How many filters to show, those with the strongest peaks.
        filter_names: What each filter stands for, such as the landmark found
            by `filter_skill`; empty for none.

    Returns:
        The figure. A notebook shows it by itself.

    Raises:
        InputError: If `image` is not one image, or `filters` is below 1.
    """
    pixels = np.asarray(image, np.float32)
    if pixels.ndim != 3 or pixels.shape[-1] != 3:
        raise InputError(
            "`image` must be one image (height, width, 3), received shape "
            f"{pixels.shape}."
        )
    if filters < 1:
        raise InputError(f"`filters` must be >= 1, received {filters}.")
    out = {
        name: np.asarray(value[0])
        for name, value in explainer(pixels[None]).items()
        if name != "reconstructions"
    }
    strongest = np.argsort(-out["peak_strengths"], kind="stable")[:filters]
    shown = [int(i) for i in strongest if out["peak_strengths"][i] > 0]
    rows = max(-(-len(shown) // _COLUMNS), 1)
    figure = Figure(
        figsize=(9.2, max(2.0 * rows, 3.4) + 1), layout="constrained"
    )
    figure.suptitle(_headline(out, categories), fontsize=11, x=0.01, ha="left")
    halves: Any = figure.subfigures(1, 2, width_ratios=(1, 1.45))
    _image_with_peaks(halves[0].subplots(), pixels, out["peaks"][shown])
    maps = halves[1].subplots(rows, _COLUMNS, squeeze=False).ravel()
    extent = _extent(explainer, pixels.shape)
    for number, axes in enumerate(maps):
        axes.set_axis_off()
        if number < len(shown):
            index = shown[number]
            name = (filter_names[index] if filter_names else "") or "filter"
            axes.set_title(f"{number + 1}: {name} {index}", fontsize=9)
            _map(axes, pixels, out["maps"][..., index], extent)
    figure.set_label(_in_words(out, shown, categories))
    return figure


def _headline(
    out: dict[str, np.ndarray], categories: Sequence[str] | None
) -> str:
    return (
        f"performer: {_top(out['performer_scores'], categories)}      "
        f"explainer: {_top(out['scores'], categories)}      "
        f"p = {float(out['p']):.2f} of the rebuilt feature from part filters"
    )


def _top(scores: np.ndarray, categories: Sequence[str] | None) -> str:
    best = int(scores.argmax())
    name = categories[best] if categories else f"class {best}"
    return f"{name} {scores[best]:.2f}"


def _image_with_peaks(
    axes: Axes, pixels: np.ndarray, peaks: np.ndarray
) -> None:
    height, width = pixels.shape[:2]
    axes.imshow(pixels.astype(np.uint8), extent=(0, width, height, 0))
    axes.set_axis_off()
    axes.set_title("where the strongest filters fire", fontsize=9)
    beside: dict[tuple[float, float], int] = {}
    for number, (row, column) in enumerate(peaks):
        # Filters that share a peak stand side by side, not on top.
        step = beside[row, column] = beside.get((row, column), -1) + 1
        axes.annotate(
            str(number + 1),
            (column * width, row * height),
            xytext=(13 * step, 0),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=8,
            color="white",
            fontweight="bold",
            bbox={
                "boxstyle": "circle,pad=0.25",
                "facecolor": BLACK,
                "edgecolor": "white",
            },
        )


def _map(
    axes: Axes,
    pixels: np.ndarray,
    activation: np.ndarray,
    extent: tuple[float, float, float, float],
) -> None:
    height, width = pixels.shape[:2]
    gray = pixels.mean(axis=-1)
    axes.imshow(
        gray, cmap="gray", vmin=0, vmax=255, extent=(0, width, height, 0)
    )
    strength = activation / max(float(activation.max()), 1e-12)
    axes.imshow(
        strength,
        cmap="inferno",
        vmin=0,
        vmax=1,
        alpha=0.25 + 0.6 * strength,
        extent=extent,
    )
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)


def _extent(
    explainer: Explainer, shape: tuple[int, ...]
) -> tuple[float, float, float, float]:
    """Left, right, bottom, top of a map in the image, pixels."""
    centers = np.asarray(explainer.receptive_field.centers)
    top, bottom = _ends(centers[:, 0, 0] * shape[0], shape[0])
    left, right = _ends(centers[0, :, 1] * shape[1], shape[1])
    return left, right, bottom, top


def _ends(centers: np.ndarray, pixels: int) -> tuple[float, float]:
    if len(centers) < 2:
        return 0.0, float(pixels)
    half = (centers[-1] - centers[0]) / (len(centers) - 1) / 2
    return float(centers[0] - half), float(centers[-1] + half)


def _in_words(
    out: dict[str, np.ndarray],
    shown: Sequence[int],
    categories: Sequence[str] | None,
) -> str:
    places = ", ".join(
        f"filter {index} at row {out['peaks'][index, 0]:.2f}, column "
        f"{out['peaks'][index, 1]:.2f}"
        for index in shown
    )
    return f"{_headline(out, categories)}. Peaks: {places or 'none'}."
