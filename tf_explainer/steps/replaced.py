"""What a new attempt is to replace, until it has got somewhere."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, unquote


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
                shutil.copy2(path, self._place(path))
        for path in moved:
            if self.holds(path):
                _remove(path)
            elif os.path.lexists(path):
                os.replace(path, self._place(path))

    def put_back(self) -> bool:
        """Puts everything where it was; returns whether there was anything."""
        if not self._folder.is_dir():
            return False
        for place in self._folder.iterdir():
            path = self._out / unquote(place.name.removesuffix("~"))
            _remove(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(place, path)
        self._folder.rmdir()
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
