"""Part templates, the ideal activation shapes of a filter."""

import numpy as np


def part_templates(
    height: int, width: int | None = None, beta: float = 4.0
) -> np.ndarray:
    """Returns one positive template per unit of an `H × W` feature map.

    `T_mu[i, j] = tau * max(1 - beta * (|i - mu_0| + |j - mu_1|) / L, -1)`
    with `tau = 0.5 / (H * W)` and `L = max(H, W)`.

    Args:
        height: Rows `H` of the feature map.
        width: Columns `W` of the feature map; `None` means `H`.
        beta: Steepness of the peak, no unit.

    Returns:
        float64 array `(H * W, H, W)`; row `i * W + j` peaks at `[i, j]`.

    Raises:
        ValueError: If a side is below 1 or `beta` is not above 0.

    Source:
        Zhang, Wu, Zhu, "Interpretable Convolutional Neural Networks",
        CVPR 2018, section 3, where maps are square. For other maps we take
        the longer side in the slope and the number of units in `tau`.
    """
    width = height if width is None else width
    if height < 1 or width < 1:
        raise ValueError(
            "`height` and `width` must be at least 1, received "
            f"{height} and {width}."
        )
    if not beta > 0:
        raise ValueError(f"`beta` must be above 0, received {beta}.")
    rows = np.abs(np.arange(height)[:, None] - np.arange(height))
    columns = np.abs(np.arange(width)[:, None] - np.arange(width))
    distance = rows[:, None, :, None] + columns[None, :, None, :]
    tau = 0.5 / (height * width)
    shape = tau * np.maximum(1 - beta * distance / max(height, width), -1)
    return shape.reshape(height * width, height, width)
