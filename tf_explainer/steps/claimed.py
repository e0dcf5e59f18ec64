"""One process at a time in an `--out` folder."""

import contextlib
import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from tf_explainer.errors import InputError

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextlib.contextmanager
def claimed(out: Path, look: Callable[[], Any] | None = None) -> Iterator[Any]:
    """Keeps other processes out of a folder while the block runs.

    Two of them would remove each other's backups. The lock ends with the
    process, however that ends.

    Args:
        out: The folder; `.tf_explainer/` in it is made if missing.
        look: Looks at the folder and refuses it by an `InputError`; it must
            write nothing. A folder that tf-explainer has never worked in is
            looked at before the lock is made, too, so that nothing is written
            to a place that is not ours.

    Yields:
        What `look` returned when no other process could change the folder
        any more.

    Raises:
        InputError: If another process works there, or the folder cannot be
            written.
    """
    look = look or (lambda: None)
    file = Path(out) / ".tf_explainer" / "lock"
    if not file.is_file():
        look()
    lock = FileLock(file, timeout=0)
    try:
        with told_if_read_only(out):
            file.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
    except Timeout as error:
        raise InputError(
            f"`--out` is in use by another process, received {out}. Wait "
            "until it has ended, or stop it."
        ) from error
    try:
        yield look()
    finally:
        lock.release()


@contextlib.contextmanager
def told_if_read_only(out: Path) -> Iterator[None]:
    """Says which folder cannot be written; a full disk stays what it is.

    Args:
        out: The folder.

    Raises:
        InputError: If the block fails to write.
    """
    try:
        yield
    except OSError as error:
        # A lock that another process holds is an `OSError`, too.
        if isinstance(error, Timeout) or error.errno in _FULL:
            raise
        raise InputError(
            f"`--out` cannot be written, received {out}: {error.strerror}."
        ) from error
