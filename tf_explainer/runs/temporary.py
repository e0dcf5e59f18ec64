"""One folder for all temporary files of a process; none outlives it long."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path

from tf_explainer.errors import InputError

PREFIX = "tf_explainer_of_"
_LOCK = "lock"


class _Owner:
    """What lives as long as the process."""


_OWNER = _Owner()


def own_temporary_folder() -> Path:
    """Makes the folder, where all that asks for temporary files gets them.

    Libraries leave theirs behind, and a process that is killed all of them,
    features of gigabytes among them. The folder is removed at the end, and
    what a killed process left by the next one: a lock, which the system
    takes back, tells who is alive.

    Returns:
        The folder.

    Raises:
        InputError: If no temporary folder can be written.
    """
    with _told_if_unwritable():
        place = Path(tempfile.gettempdir())
        _sweep(place)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
        # Under its name when it is held: others look for it.
        new = folder / f"{_LOCK}.new"
        held = os.open(new, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.replace(new, folder / _LOCK)
    weakref.finalize(_OWNER, _end, folder)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    return folder


def _end(folder: Path) -> None:
    # What other libraries do at the end must find a folder.
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder.parent)
    shutil.rmtree(folder, ignore_errors=True)


def _sweep(place: Path) -> None:
    """Removes the folders of processes that are gone."""
    for folder in place.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            held = os.open(folder / _LOCK, os.O_RDWR)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(held)


@contextlib.contextmanager
def _told_if_unwritable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            "No temporary files can be written; name a folder with room in "
            f"the variable TMPDIR: {error.strerror or error}."
        ) from error
