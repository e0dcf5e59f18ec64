"""Categories, named or counted."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tf_explainer.errors import InputError


def class_names_for(
    names: Sequence[str] | None, classes: int
) -> tuple[str, ...]:
    """Returns the names of a performer's classes.

    Args:
        names: One for each class, in the order of the scores; `None` for
            `class 0`, `class 1`, ….
        classes: How many scores the performer gives; one sigmoid counts as
            two.

    Raises:
        InputError: If there is another number of them, or one twice.
    """
    if names is None:
        return tuple(f"class {index}" for index in range(classes))
    if isinstance(names, str) or not all(isinstance(n, str) for n in names):
        raise InputError(
            f"`class_names` must be a list of texts, received {names!r}."
        )
    if len(names) != classes or len(set(names)) < classes:
        raise InputError(
            f"`class_names` must name each of the {classes} classes of the "
            f"performer once, received {', '.join(names) or 'none'}."
        )
    return tuple(names)


def class_indices(
    argument: str,
    given: Any,
    class_names: Sequence[str],
    images: int,
) -> np.ndarray:
    """Returns the index of a class for each image, int `(images,)`.

    Args:
        argument: What `given` is called, for messages.
        given: Name or index of a class, one for all images or one for each.
        class_names: Names in the order of the scores.
        images: How many there are.

    Raises:
        InputError: If there is no such class.
    """
    chosen = np.asarray(given)
    if chosen.dtype.kind in "UO":
        listed = chosen.ravel().tolist()
        named = [_index(argument, one, class_names) for one in listed]
        chosen = np.asarray(named, int).reshape(chosen.shape)
    whole = np.issubdtype(chosen.dtype, np.integer)
    if not whole or chosen.shape not in ((), (images,)):
        raise InputError(
            f"`{argument}` must be one whole number or name, or one for each "
            f"of the {images} images, received {given!r}."
        )
    last = len(class_names) - 1
    if ((chosen < 0) | (chosen > last)).any():
        raise InputError(
            f"`{argument}` must lie in [0, {last}], received {given!r}."
        )
    return np.broadcast_to(chosen, (images,))


def _index(argument: str, one: Any, class_names: Sequence[str]) -> int:
    if isinstance(one, str):
        if one in class_names:
            return class_names.index(one)
        raise InputError(
            f"`{argument}` must be one of {', '.join(class_names)}, received "
            f"{one!r}."
        )
    if isinstance(one, int | np.integer) and not isinstance(one, bool):
        return int(one)
    raise InputError(
        f"`{argument}` must be one whole number or name, or one for each "
        f"image, received {one!r}."
    )
