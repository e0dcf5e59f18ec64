"""What a disk refuses, told from faults of ours."""

import errno
import os
import re

from tf_explainer.runs.stopping import chain

# HDF5 and TensorFlow say it in words, without the error number.
_FULL_WORDS = (
    "No space left on device",
    "Disk quota exceeded",
    "File too large",
)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FAULTS = (
    *(errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE),
    *(errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG),
    *(errno.ELOOP, errno.EMFILE, errno.ENFILE, errno.ENOTEMPTY, errno.EEXIST),
)
_WORDS = re.compile(
    r"(?P<place>/[^\n;:']*)?.{0,40}?(?P<why>"
    + "|".join(os.strerror(number) for number in _FAULTS)
    + ")"
)


def is_disk_full(error: BaseException) -> bool:
    """Whether no space on the disk is what ended the work.

    Args:
        error: What was raised.
    """
    return any(
        getattr(link, "errno", None) in _FULL
        or any(words in str(link) for words in _FULL_WORDS)
        for link in chain(error)
    )


def disk_fault(error: BaseException) -> str:
    """Says what a disk refused, where that is what ended the work.

    Args:
        error: What was raised.

    Returns:
        The place, as far as it is known, and why; empty if it is something
        else.
    """
    for link in chain(error):
        if isinstance(link, OSError) and link.errno in _FAULTS:
            return _told(link.filename2 or link.filename, link.strerror)
        if _is_of_tensorflow(link) and (found := _WORDS.search(str(link))):
            return _told(found["place"], found["why"])
    return ""


def _told(place: object, why: str | None) -> str:
    named = os.fsdecode(place) if isinstance(place, str | bytes) else "a file"
    return (
        f"{named} cannot be read or written: {why}. Files finished before are "
        "whole."
    )


def _is_of_tensorflow(error: BaseException) -> bool:
    return type(error).__module__.startswith(("tensorflow", "h5py"))
