"""Files and folders that are there whole or not at all."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

_UNDER_WAY: set[Path] = set()


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yields a place beside `path`; what lies there afterwards becomes `path`.

    A crash, a full disk or Ctrl-C leaves the old `path` as it was. Works for
    a file and for a folder.

    Args:
        path: Where the result belongs. Its folder is made if missing.

    Yields:
        A path with the suffix of `path`, on the same disk.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".writing-{path.name}")
    _remove(beside)
    _UNDER_WAY.add(beside)
    try:
        yield beside
        for file in [beside, *beside.rglob("*")]:
            _flush(file)
        if path.is_dir():
            # A folder cannot be replaced in one call.
            _remove(old := path.with_name(f".old-{path.name}"))
            os.replace(path, old)
            os.replace(beside, path)
            _remove(old)
        else:
            os.replace(beside, path)
        _flush(path.parent)
    finally:
        _remove(beside)
        _UNDER_WAY.discard(beside)


def remove_unfinished() -> None:
    """Removes what `atomic_write` has not finished, as the process ends."""
    for beside in list(_UNDER_WAY):
        _remove(beside)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Waits until the disk holds the file or the folder's list of names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
