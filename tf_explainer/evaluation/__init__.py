"""Numbers: where filters fire, and whether that place is an object part.

A measure is a function `(train, test) -> number` of two `LocatedPeaks`,
registered in `METRICS`; a control is a function
`(train, test, seed) -> (train, test)` that replaces the peaks by a rule that
knows nothing of the image, registered in `CONTROLS`. A new file in this
package that registers itself is measured, and shown in the report, with no
other edit.

Positions are `(row, column)` as fractions of the image's height and width,
NaN where a landmark is hidden or a filter silent.
"""

from collections.abc import Callable
from typing import Any

from tf_explainer.registry import Registry

METRICS: Registry[Callable[..., float]] = Registry("measure", __name__)
CONTROLS: Registry[Callable[..., Any]] = Registry("control", __name__)

__all__ = ["CONTROLS", "METRICS"]
