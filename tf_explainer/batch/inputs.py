"""Which images are meant: folders, patterns, lists, files of records."""

import glob
import os
from collections.abc import Iterator
from pathlib import Path

from apache_beam.io.filesystem import BeamIOError
from apache_beam.io.filesystems import FileSystems

from tf_explainer.batch.storage import is_remote
from tf_explainer.datasets.image_folders.images import ImagesBelow
from tf_explainer.errors import InputError

_LIST = ".txt"


def input_files(inputs: tuple[str, ...]) -> list[str]:
    """Returns all files that are meant, each once, sorted.

    Args:
        inputs: As in `BatchSettings`.

    Raises:
        InputError: If one of them names nothing.
    """
    found: set[str] = set()
    for given in inputs:
        files = set(_remote(given) if is_remote(given) else _local(given))
        if not files:
            raise InputError(f"`--input` names no file, received {given}.")
        found |= files
    return sorted(found, key=os.fsencode)


def _local(given: str) -> Iterator[str]:
    path = Path(given)
    if path.is_dir():
        yield from map(str, ImagesBelow.of(path).images)
    elif path.suffix == _LIST and path.is_file():
        yield from _listed(path)
    elif path.is_file():
        yield given
    else:
        matches = glob.iglob(given, recursive=True)
        # A pipe would be waited for.
        yield from (one for one in matches if os.path.isfile(one))


def _listed(path: Path) -> Iterator[str]:
    """Paths of a list, which need not exist: what is missing is told later."""
    with open(path, "rb") as lines:
        for line in lines:
            if name := line.rstrip(b"\r\n"):
                yield os.fsdecode(name)


def _remote(given: str) -> Iterator[str]:
    pattern = given + "**" if given.endswith("/") else given
    try:
        (match,) = FileSystems.match([pattern])
    except (BeamIOError, ValueError) as error:
        raise InputError(
            f"`--input` cannot be read, received {given}: {error}"
        ) from error
    yield from (one.path for one in match.metadata_list)
