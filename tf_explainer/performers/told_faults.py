"""What a data set finds wrong while it is read, told in one line."""

import contextlib
import re
import warnings
from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from tf_explainer.errors import InputError

# A data set can raise nothing but errors of TensorFlow's, which hold ours.
_FAULT = re.compile(
    r"(?:assertion failed: \[|InputError: )(`[^\n]*\.)\]?(?=\n|$)"
)
_COUNT = re.compile(r"to contain (\d+) elements? but (contained [^.\n]*)")


def refuse_unless(holds: Any, *words: Any) -> None:
    """Lets a data set end in `InputError` where something does not hold.

    For functions of `tf.data.Dataset.map`; see `told_faults`.

    Args:
        holds: Scalar bool tensor.
        *words: The message's pieces, texts or scalar tensors; the first one
            begins with the argument in backticks.
    """
    texts = [
        w if isinstance(w, str) else tf.strings.as_string(w) for w in words
    ]
    tf.debugging.Assert(holds, [tf.strings.join(texts)])


def shape_text(shape: Any) -> Any:
    """Returns `(height, width, channels)` as a string tensor.

    Args:
        shape: Whole numbers, `(rank,)`.
    """
    sizes = tf.strings.reduce_join(tf.strings.as_string(shape), separator=", ")
    return tf.strings.join(["(", sizes, ")"])


@contextlib.contextmanager
def told_faults(
    name: str = "images", any_length: bool = False
) -> Iterator[None]:
    """Turns what `refuse_unless` found into an `InputError`.

    Args:
        name: The argument that holds the images.
        any_length: Whether data may end where they will.

    Raises:
        InputError: In place of TensorFlow's error.
    """
    try:
        with warnings.catch_warnings():
            if any_length:
                # Keras says so of all data whose length it did not know.
                warnings.filterwarnings("ignore", "Your input ran out of data")
            yield
    except tf.errors.OpError as error:
        if found := _FAULT.search(error.message):
            raise InputError(found[1]) from error
        if found := _COUNT.search(error.message):
            raise InputError(
                f"`{name}` must hold as much as its length says, and a label "
                f"for each image: {found[1]} were expected, it {found[2]}."
            ) from error
        raise
