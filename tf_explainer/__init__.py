"""Explains a Keras CNN by the object parts it looks at."""

from tf_explainer._version import __version__

__all__ = ["__version__"]
