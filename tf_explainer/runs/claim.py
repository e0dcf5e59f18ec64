"""One process at a time in an `--out` folder, and what it replaces there."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from filelock import FileLock, Timeout

from tf_explainer.errors import InputError
from tf_explainer.runs.disk_faults import is_disk_full
from tf_explainer.whole_files import atomic_write


@contextlib.contextmanager
def claimed(
    out: Path,
    look: Callable[[], Any] | None = None,
    option: str = "--out",
) -> Iterator[Any]:
    """Keeps other processes out of a folder while the block runs.

    Two of them would remove each other's backups. The lock ends with the
    process, however that ends.

    Args:
        out: The folder; `.tf_explainer/` in it is made if missing.
        look: Looks at the folder and refuses it by an `InputError`; it must
            write nothing. A folder that tf-explainer has never worked in is
            looked at before the lock is made, too, so that nothing is written
            to a place that is not ours.
        option: Which option names the folder.

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
        with told_if_read_only(out, option):
            file.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
    except Timeout as error:
        raise InputError(
            f"`{option}` is in use by another process, received {out}. Wait "
            "until it has ended, or stop it."
        ) from error
    try:
        yield look()
    finally:
        lock.release()


@contextlib.contextmanager
def told_if_read_only(out: Path, option: str = "--out") -> Iterator[None]:
    """Says which folder cannot be written; a full disk stays what it is.

    Args:
        out: The folder.
        option: Which option names it.

    Raises:
        InputError: If the block fails to write.
    """
    try:
        yield
    except OSError as error:
        # A lock that another process holds is an `OSError`, too.
        if isinstance(error, Timeout) or is_disk_full(error):
            raise
        raise InputError(
            f"`{option}` cannot be written, received {out}: {error.strerror}."
        ) from error


class Replaced:
    """Keeps old files of an `--out` folder in `.tf_explainer/replaced/`.

    There `--overwrite` puts them, so that an attempt that is refused for a
    misspelt option costs nobody a finished run.

    Args:
        out: The `--out` folder.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._folder = out / ".tf_explainer" / "replaced"

    def holds(self, path: Path) -> bool:
        """Whether a file was set aside.

        Args:
            path: Where it was, in the `--out` folder.
        """
        return os.path.lexists(self._place(path))

    def set_aside(self, moved: Iterable[Path], copied: Iterable[Path]) -> None:
        """Takes files and folders away; of two attempts the first one counts.

        Args:
            moved: What must be gone afterwards.
            copied: Files that will be written over.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in copied:
            if path.is_file() and not self.holds(path):
                # Half a copy must not take the place of the file.
                with atomic_write(self._place(path)) as beside:
                    shutil.copy2(path, beside)
        for path in moved:
            if self.holds(path):
                _remove(path)
            elif os.path.lexists(path):
                os.replace(path, self._place(path))

    def put_back(self) -> bool:
        """Puts everything where it was; returns whether there was anything."""
        if not self._folder.is_dir():
            return False
        for place in self._folder.glob("*~"):
            if place.name.startswith(".writing-"):
                continue
            path = self._out / unquote(place.name.removesuffix("~"))
            _remove(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(place, path)
        self.drop()
        return True

    def drop(self) -> None:
        """Removes it for good."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _place(self, path: Path) -> Path:
        # Flat, and by no name that anybody looks for, such as result.json.
        name = quote(path.relative_to(self._out).as_posix(), safe="")
        return self._folder / f"{name}~"


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
