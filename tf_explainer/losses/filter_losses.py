"""The table of filter-loss kinds."""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from tf_explainer.registry import Registry
from tf_explainer.tensors import Frames, Maps, PerFilter, PerImage


class FilterContext(NamedTuple):
    """What a filter loss may read beside the maps.

    Args:
        beta: Steepness of the templates, no unit.
        diversity: Weight of the term that keeps filters apart, no unit.
        diversity_reach: How far they keep each other off, units of the map.
        positive: bool `(batch, filters)`, whether the image shows the
            category of the filter; `None` means that all do.
        frames: `(batch, 2, 3)`, place in units of the map → place in the
            common frame of the two views of an image, `A q + t`; images
            `2 i` and `2 i + 1` are views of one. `None`: all are as they are.
    """

    beta: float
    diversity: float
    diversity_reach: int
    positive: PerImage | None = None
    frames: Frames | None = None


FilterGradient = Callable[[Maps, FilterContext], tuple[PerFilter, Maps]]
"""`(maps, context) -> (loss, gradient)`.

Maps are `(batch, H, W, filters)`; the loss is `(filters,)`, the gradient has
the shape of the maps.
"""

FILTER_LOSSES: Registry[FilterGradient] = Registry(
    "filter loss", "tf_explainer.losses"
)
"""Name → what gives a filter loss and its gradient."""
_READ_VIEWS: set[FilterGradient] = set()


def reads_views(gradient: FilterGradient) -> FilterGradient:
    """Marks a filter loss that compares two views of each image.

    It is given `context.frames`, and reads a filter's own map; the others
    read the paper's mixture `x' = p x_f + (1 - p) x_ordin`. It must not
    depend on the scale of the maps, which are given as they are.

    Args:
        gradient: Such a loss, which `FILTER_LOSSES` registers, too.
    """
    _READ_VIEWS.add(gradient)
    return gradient


def does_read_views(kind: str) -> bool:
    """Whether a filter loss is marked by `reads_views`.

    Args:
        kind: Name in `FILTER_LOSSES`.
    """
    return FILTER_LOSSES.get(kind) in _READ_VIEWS


@FILTER_LOSSES.register("none")
def no_filter_gradient(
    maps: Maps, context: FilterContext
) -> tuple[PerFilter, Maps]:
    """Returns a loss of zero and a gradient of zero.

    Args:
        maps: Float tensor `(batch, H, W, filters)`.
        context: Not read.

    Returns:
        Zeros `(filters,)` and zeros shaped as `maps`.

    Source:
        The ablation of Zhang et al. 2018 without the third term of
        equation 1.
    """
    return tf.zeros(maps.shape[-1:], maps.dtype), tf.zeros_like(maps)
