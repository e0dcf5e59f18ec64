"""Measures of a layer's filters, each a function of peaks and landmarks.

A measure is a function `(train, test) -> number` of two `LocatedPeaks`,
registered in `METRICS`. A new file in this package that registers itself is
measured, and shown in the report, with no other edit.
"""

from collections.abc import Callable

from tf_explainer.registry import Registry

METRICS: Registry[Callable[..., float]] = Registry("measure", __name__)
"""Name → measure of one layer's filters, from `train` and `test`."""

__all__ = ["METRICS"]
