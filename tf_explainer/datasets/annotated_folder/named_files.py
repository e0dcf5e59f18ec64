"""Files of a folder by names that may be written in another way."""

import functools
import os
from pathlib import Path, PurePosixPath

from tf_explainer.datasets.tidy_name import tidy_name


class NamedFiles:
    """Finds files whose names on the disk may have other spaces or forms.

    macOS stores an `ö` as two signs, which a table seldom does.

    Args:
        folder: Where they lie, in folders of their own or not.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._inside = functools.cache(_by_tidy_name)

    def find(self, written: str) -> list[Path]:
        """Returns the files that a name can mean.

        A file of exactly this name is the one that is meant; next, one of
        the tidy name.

        Args:
            written: A path below the folder, with `/`.

        Returns:
            One path, or several if it is not clear which is meant, or none.
        """
        for name in (written, tidy_path(written)):
            exact = self.folder / name
            if exact.is_file():
                return [exact]
        found = [self.folder]
        for part in PurePosixPath(written).parts:
            name = tidy_name(part)
            found = [
                path
                for folder in found
                for path in self._inside(folder).get(name, ())
            ]
        return [path for path in found if path.is_file()]


def tidy_path(written: str) -> str:
    """Returns a path with each of its names tidy.

    Args:
        written: A path with `/`, not absolute.
    """
    parts = map(tidy_name, PurePosixPath(written).parts)
    return str(PurePosixPath(*parts))


def _by_tidy_name(folder: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    if folder.is_dir():
        for name in sorted(os.listdir(folder)):
            found.setdefault(tidy_name(name), []).append(folder / name)
    return found
