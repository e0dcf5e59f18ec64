"""One process at a time in an `--out` folder."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from tf_explainer.errors import InputError


@contextlib.contextmanager
def claimed(out: Path) -> Iterator[None]:
    """Keeps other processes out of a folder while the block runs.

    Two of them would remove each other's backups. The lock ends with the
    process, however that ends.

    Args:
        out: The folder; `.tf_explainer/` in it is made if missing.

    Raises:
        InputError: If another process works there.
    """
    hidden = Path(out) / ".tf_explainer"
    hidden.mkdir(parents=True, exist_ok=True)
    lock = FileLock(hidden / "lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise InputError(
            f"`--out` is in use by another process, received {out}. Wait "
            "until it has ended, or stop it."
        ) from error
    try:
        yield
    finally:
        lock.release()
