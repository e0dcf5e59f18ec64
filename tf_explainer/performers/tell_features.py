"""Tells callbacks how many features are computed, before training starts."""

from collections.abc import Callable
from typing import Any

import keras


def tell_features(callbacks: Any) -> Callable[[int, int | None], None]:
    """Returns what calls `on_features(done, total)` of those that have it.

    The frozen performer's features are computed before the first epoch, when
    Keras calls no callback; on a large network that takes longer than an
    epoch, and a person wants to see it move.

    Args:
        callbacks: A callback, a list of them, or `None`.

    Returns:
        A function of the number of images done and of all images, the latter
        `None` where it is not known.
    """
    listeners = [
        callback.on_features
        for callback in keras.tree.flatten(callbacks or [])
        if hasattr(callback, "on_features")
    ]

    def tell(done: int, total: int | None) -> None:
        for listener in listeners:
            listener(done, total)

    return tell
