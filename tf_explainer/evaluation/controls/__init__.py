"""What the measures are compared with: peaks and filters that explain nothing.

A control is a function `(train, test, seed) -> (train, test)` that replaces
the peaks by a rule that knows nothing of the image, registered in `CONTROLS`;
a control of features is a function `(vectors, components, seed) ->
Projection` that makes filters of the performer's target feature without
learning to explain, registered in `FEATURE_CONTROLS`; a control of part maps
is a function `(sample) -> maps_of`, see `controls.part_maps`, registered in
`PART_CONTROLS`. A new file in this package that registers itself is measured
with no other edit.
"""

from collections.abc import Callable
from typing import Any

from tf_explainer.registry import Registry

CONTROLS: Registry[Callable[..., Any]] = Registry("control", __name__)
"""Name → where a filter fires that cannot stand for a part."""

FEATURE_CONTROLS: Registry[Callable[..., Any]] = Registry(
    "control of features", __name__
)
"""Name → filters made of the target feature, without learning."""

PART_CONTROLS: Registry[Callable[..., Any]] = Registry(
    "control of part maps", __name__
)
"""Name → part maps that the explainer did not learn."""

__all__ = ["CONTROLS", "FEATURE_CONTROLS", "PART_CONTROLS"]
