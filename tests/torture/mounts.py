"""Disks that are full, or that cannot be written."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


def why_no_mounts() -> str:
    """Returns why no disk can be mounted; empty if one can."""
    if os.geteuid() != 0:
        return "needs root, who may mount a disk"
    with tempfile.TemporaryDirectory() as folder:
        try:
            with disk(Path(folder), 64):
                return ""
        except (OSError, subprocess.CalledProcessError):
            return "this machine does not let mount a disk"


@contextlib.contextmanager
def disk(place: Path, kib: int) -> Iterator[Path]:
    """Yields a small disk, mounted as long as the block runs."""
    place.mkdir(parents=True, exist_ok=True)
    _call("mount", "-t", "tmpfs", "-o", f"size={kib}k", "none", place)
    try:
        yield place
    finally:
        _call("umount", "-l", place)


def fill(place: Path, leave: int = 0) -> Path:
    """Fills a disk but for some bytes; returns the file that does."""
    file = place / ".filling"
    with contextlib.suppress(OSError), open(file, "wb") as open_file:
        while True:
            open_file.write(bytes(4096))
            open_file.flush()
    if leave:
        os.truncate(file, max(0, file.stat().st_size - leave))
    return file


def make_read_only(place: Path, again: bool = False) -> None:
    """Lets nobody write on a disk, or lets them again."""
    _call("mount", "-o", f"remount,{'rw' if again else 'ro'}", place)


def filled_copy(folder: Path, place: Path) -> None:
    """Copies a folder onto a disk."""
    shutil.copytree(folder, place, dirs_exist_ok=True)


def _call(*words: object) -> None:
    subprocess.run([str(w) for w in words], check=True, capture_output=True)
