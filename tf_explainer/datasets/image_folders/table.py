"""The cells of `annotations.csv` as text, and the files that they name."""

import collections
import functools
import io
import os
from pathlib import Path, PurePosixPath

import pandas as pd

from tf_explainer.datasets.category_choice import tidy_name
from tf_explainer.errors import InputError

COLUMNS = ("file", "category", "split")
ENDS = ("_y", "_x")
_MOST_COLUMNS = 2_000
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_FOREIGN = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"PK\x03\x04": "a workbook",
}


def annotation_table(path: Path) -> pd.DataFrame:
    """Reads a csv file with a header.

    Args:
        path: The csv file, in UTF-8, separated by commas.

    Returns:
        One row for each line that is not empty, its index the line counted
        from 0; cells as they are written, columns by their tidy names.

    Raises:
        InputError: If the file is missing, is no such file, lacks a column,
            or has one twice.
    """
    if not path.is_file():
        raise InputError(f"{path}: there is no such file.")
    text = _text(path)
    columns = text.partition("\n")[0].count(",") + 1
    if columns > _MOST_COLUMNS:
        raise InputError(
            f"{path}: at most {_MOST_COLUMNS:,} columns are read, received "
            f"{columns:,}."
        )
    first = _cells(text, path, rows=1)
    header = [_column(str(name)) for name in first.iloc[0]]
    _check_header(header, path)
    table = _cells(text, path).iloc[1:]
    table.columns = pd.Index(header)
    # Editors leave empty lines at the end.
    return table[(table != "").any(axis=1)]


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read as csv: {error.strerror}."
        ) from None
    for mark, kind in _FOREIGN.items():
        if content.startswith(mark):
            raise InputError(
                f"{path}: cannot be read as csv: it is {kind}; save it as csv "
                "in UTF-8."
            )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path}, line {line}: cannot be read as csv: it is not UTF-8, "
            f"received the byte 0x{content[error.start]:02x}; save it as csv "
            "in UTF-8."
        ) from None
    if "\0" in text:
        raise InputError(
            f"{path}: cannot be read as csv: it holds zero bytes, as UTF-16 "
            "does; save it as csv in UTF-8."
        )
    return text


def _cells(text: str, path: Path, rows: int | None = None) -> pd.DataFrame:
    try:
        # Without a header pandas renames no repeated column, takes none as
        # the index, and refuses a row that is longer than the first.
        return pd.read_csv(
            io.StringIO(text),
            header=None,
            nrows=rows,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
        ).fillna("")
    except pd.errors.EmptyDataError:
        what = "first line" if text.strip() else "file"
        raise InputError(
            f"{path}: the {what} is empty; it must begin with the names of "
            "the columns."
        ) from None
    except pd.errors.ParserError as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{path}: cannot be read as csv: {reason}. A cell that holds a "
            'comma stands in "double quotes"; decimals have a point.'
        ) from None


def _column(name: str) -> str:
    """`head _y` → `head_y`."""
    name = tidy_name(name)
    ends = name[-2:] in ENDS
    return tidy_name(name[:-2]) + name[-2:] if ends else name


def _check_header(header: list[str], path: Path) -> None:
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise InputError(
            f"{path}: missing columns {missing}, received {header}."
            f"{_missing_hint(missing, header)}"
        )
    # Spreadsheets leave empty columns at the end.
    counts = collections.Counter(name for name in header if name)
    twice = sorted(name for name, count in counts.items() if count > 1)
    if twice:
        raise InputError(f"{path}: repeated columns {twice}.")


def _missing_hint(missing: list[str], header: list[str]) -> str:
    for mark, word in _SEPARATORS.items():
        if any(mark in name for name in header):
            return (
                f" The columns are separated by {word}: save the file with "
                "commas (and decimals with a point)."
            )
    for name in header:
        if name.lower() in missing:
            return f" Write {name.lower()!r} in place of {name!r}."
    return " The first line must name the columns."


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
