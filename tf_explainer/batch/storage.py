"""Files that are there whole or not at all, on any file system of Beam's.

`tf_explainer.whole_files` does so on a disk of this machine; here several
machines may write to `gs://`, `s3://`, `hdfs://` or a disk they share.
"""

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from tf_explainer.errors import InputError

_BESIDE = ".writing-"
_AS_IT_IS = CompressionTypes.UNCOMPRESSED


def is_remote(path: str) -> bool:
    """Whether a path is an address such as `gs://bucket/name`.

    Args:
        path: Of a file or folder.
    """
    return "://" in path


def joined(folder: str, *names: str) -> str:
    """Returns the path of something in a folder.

    Args:
        folder: The folder.
        *names: Below it.
    """
    return str(FileSystems.join(folder, *names))


def read_file(path: str, most: int | None = None) -> bytes:
    """Returns the content of a file.

    Args:
        path: The file.
        most: Bytes that are read at most; `None` for all.

    Raises:
        OSError: If it cannot be read.
    """
    with open_file(path) as file:
        return bytes(file.read() if most is None else file.read(most))


def open_file(path: str) -> Any:
    """Returns a file to read, which is to be closed.

    Args:
        path: The file.
    """
    if is_remote(path):
        return FileSystems.open(path, compression_type=_AS_IT_IS)
    return open(path, "rb")


def write_whole(path: str, content: bytes) -> None:
    """Writes a file beside its place and moves it there.

    Two processes that write the same file do not meet: the last one wins.

    Args:
        path: The file; one that is there is replaced.
        content: All of it.
    """
    with whole_file(path) as file:
        file.write(content)


@contextlib.contextmanager
def whole_file(path: str) -> Iterator[Any]:
    """Yields a file to write, which is moved to its place at the end.

    Args:
        path: The file; one that is there is replaced.
    """
    folder, name = FileSystems.split(path)
    beside = joined(folder, f"{_BESIDE}{uuid.uuid4().hex}-{name}")
    try:
        with FileSystems.create(beside, compression_type=_AS_IT_IS) as file:
            yield file
            if not is_remote(path):
                file.flush()
                os.fsync(file.fileno())
        # Local ones are replaced in one call; not all others can do so.
        if is_remote(path) and FileSystems.exists(path):
            FileSystems.delete([path])
        FileSystems.rename([beside], [path])
    except BaseException:
        with contextlib.suppress(Exception):
            remove_all([beside])
        raise


def file_names(folder: str) -> set[str]:
    """Returns the names of the whole files that lie in a folder.

    Args:
        folder: It need not exist.
    """
    return {name for name in _all_names(folder) if not name.startswith(_BESIDE)}


def remove_half_written(folder: str) -> None:
    """Removes what a process that was killed had not finished.

    Args:
        folder: It need not exist.
    """
    for name in _all_names(folder):
        if name.startswith(_BESIDE):
            with contextlib.suppress(Exception):
                remove_all([joined(folder, name)])


def _all_names(folder: str) -> set[str]:
    if not is_remote(folder):
        if not os.path.isdir(folder):
            return set()
        with os.scandir(folder) as found:
            return {one.name for one in found if one.is_file()}
    (match,) = FileSystems.match([joined(folder, "*")])
    return {FileSystems.split(one.path)[1] for one in match.metadata_list}


def make_folder(folder: str) -> None:
    """Makes a folder that may be there already.

    Args:
        folder: On an object store there are none to make.
    """
    if not FileSystems.exists(folder):
        with contextlib.suppress(FileExistsError):
            FileSystems.mkdirs(folder)


def remove_all(paths: Sequence[str]) -> None:
    """Removes files and folders, those that are there.

    Args:
        paths: Of files and folders.
    """
    for path in paths:
        if is_remote(path):
            # On an object store a folder is no more than how names begin.
            for match in FileSystems.match([path, f"{path}/**"]):
                if found := [one.path for one in match.metadata_list]:
                    FileSystems.delete(found)
        elif os.path.isdir(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.remove(path)


def files_below(folder: str) -> list[str]:
    """Returns the files below a remote folder as paths relative to it.

    Args:
        folder: An address.

    Raises:
        InputError: If there are none.
    """
    root = folder.rstrip("/") + "/"
    (match,) = FileSystems.match([root + "**"])
    found = sorted(one.path for one in match.metadata_list)
    if not found:
        raise InputError(f"`--model` must be a SavedModel, received {folder}.")
    return [path.removeprefix(root) for path in found]
