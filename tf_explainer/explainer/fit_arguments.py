"""Arguments of `fit` and `evaluate`, checked."""

import numbers
from collections.abc import Mapping
from typing import Any

from tf_explainer.errors import InputError
from tf_explainer.features.sources import is_open_ended


def check_counts(**counts: Any) -> None:
    """Refuses numbers of epochs, images or batches that are none.

    Args:
        **counts: Argument to value; `None` is not given.

    Raises:
        InputError: If one is no whole number of 1 or more.
    """
    for name, count in counts.items():
        if count is None:
            continue
        whole = isinstance(count, numbers.Integral) and int(count) >= 1
        if isinstance(count, bool) or not whole:
            raise InputError(
                f"`{name}` must be a whole number of 1 or more, received "
                f"{count!r}."
            )


def check_arguments(kwargs: Mapping[str, Any]) -> None:
    """Refuses what Keras takes for labeled images.

    Args:
        kwargs: Further arguments of `fit` or `evaluate`.

    Raises:
        InputError: If one of them is given.
    """
    for name in ("class_weight", "sample_weight", "validation_split"):
        value = kwargs.get(name)
        if value is not None and not (name == "validation_split" and not value):
            raise InputError(
                f"`{name}` is not taken: an explainer learns from all images "
                "alike; leave it out, and hand images to validate on in as "
                "`validation_data`."
            )


def taken_steps(kwargs: dict[str, Any], name: str, x: Any) -> int | None:
    """Takes the number of batches out where they are counted in reading.

    Args:
        kwargs: Further arguments of `fit`.
        name: `steps_per_epoch` or `validation_steps`.
        x: The images that are read.
    """
    if kwargs.get(name) is None or not is_open_ended(x):
        return None
    return int(kwargs.pop(name))
