"""Tells what lies behind an exception."""

import errno
from collections.abc import Iterator

from tf_explainer.steps.stop_on_termination import told_to_stop


def was_interrupted(error: BaseException) -> bool:
    """Whether Ctrl-C, or SIGTERM, is what ended the work.

    Libraries wrap the `KeyboardInterrupt` that hits them, for example while
    they are imported, or have an error of their own instead.

    Args:
        error: What was raised.
    """
    return told_to_stop() or any(
        isinstance(link, KeyboardInterrupt) for link in _chain(error)
    )


def is_disk_full(error: BaseException) -> bool:
    """Whether no space on the disk is what ended the work.

    HDF5 and TensorFlow say it in words, without the error number.

    Args:
        error: What was raised.
    """
    full = {errno.ENOSPC, errno.EDQUOT}
    return any(
        getattr(link, "errno", None) in full
        or "No space left on device" in str(link)
        or "Disk quota exceeded" in str(link)
        for link in _chain(error)
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
