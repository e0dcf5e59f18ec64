"""The error that a user can mend, and what may have been meant."""

import difflib
from collections.abc import Iterable
from typing import Any

_LONGEST = 200


class InputError(ValueError):
    """Something the user handed in is wrong; the message says what to change.

    The command line prints the message alone, in one line, and exits with 2.
    Any other exception is a fault of ours and keeps its traceback.
    """


class LaterVersion(InputError):
    """A file was written by a later version than this one."""


def refuse_later(told: Any, known: int, path: object) -> None:
    """Refuses a file whose form is a later one.

    Args:
        told: Number of its form, as the file tells it; `None` is the first.
        known: The latest that this version reads.
        path: The file.

    Raises:
        LaterVersion: If it is later.
    """
    if type(told) in (int, float) and told > known:
        raise LaterVersion(
            f"{path} was written by a later version of tf_explainer (form "
            f"{told}, this one reads {known}); update: pip install --upgrade "
            "tf_explainer"
        )


def closest(word: str, words: Iterable[str], n: int = 1) -> list[str]:
    """Returns the known words that are most like one that is not known.

    Args:
        word: What was received. Of one without end nothing is like it, and to
            find that out would take minutes.
        words: What is known.
        n: How many at most.
    """
    if len(word) > _LONGEST:
        return []
    return difflib.get_close_matches(word, list(words), n=n)
