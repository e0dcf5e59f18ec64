"""The table of filter-loss kinds."""

from collections.abc import Callable
from typing import Any

from tf_explainer.registry import Registry

FilterGradient = Callable[[Any, Any, float], tuple[Any, Any]]
"""`(maps, positive, beta) -> (loss, gradient)`.

Maps are `(batch, H, W, filters)`, `positive` is bool `(batch, filters)` and
says whether the image shows the category of the filter; the loss is
`(filters,)` in nats, the gradient has the shape of the maps.
"""

FILTER_LOSSES: Registry[FilterGradient] = Registry(
    "filter loss", "tf_explainer.losses"
)
