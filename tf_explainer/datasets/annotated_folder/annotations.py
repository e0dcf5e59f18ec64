"""What `annotations.csv` says, checked."""

import dataclasses
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from tf_explainer.errors import InputError

SPLITS = ("train", "test")
_COLUMNS = ("file", "category", "split")


@dataclasses.dataclass(frozen=True, eq=False)
class Annotations:
    """The rows of `annotations.csv`.

    Attributes:
        lines: Line of each row in the file, counted from 1.
        files: Paths below `images/`, one a row.
        categories: Category names, one a row.
        splits: `train` or `test`, one a row.
        landmark_names: Names of the landmarks, in the order of the columns.
        landmarks: Float32 `(rows, landmarks, 2)`, (row, column) as fractions
            of the stored crop; NaN where hidden.
    """

    lines: np.ndarray
    files: np.ndarray
    categories: np.ndarray
    splits: np.ndarray
    landmark_names: tuple[str, ...]
    landmarks: np.ndarray

    @classmethod
    def read(cls, path: Path) -> "Annotations":
        """Reads and checks a csv file.

        Args:
            path: The csv file, with the columns `file, category, split` and
                `<name>_y, <name>_x` for each landmark; others are ignored.

        Returns:
            The rows, in the order of the file.

        Raises:
            InputError: If the file or a value in it is wrong; the message
                names the line, the column and the value.
        """
        table = _read_table(path)
        names = _landmark_names(table, path)
        annotations = cls(
            lines=table.index.to_numpy() + 1,
            files=table["file"].to_numpy(dtype=object),
            categories=table["category"].to_numpy(dtype=object),
            splits=table["split"].to_numpy(dtype=object),
            landmark_names=names,
            landmarks=_landmarks(table, names, path),
        )
        annotations._check(path)
        return annotations

    def __len__(self) -> int:
        return len(self.files)

    def _check(self, path: Path) -> None:
        seen: dict[str, int] = {}
        columns = (self.lines, self.files, self.categories, self.splits)
        for line, file, category, split in zip(*columns, strict=True):
            where = f"{path}, line {line}"
            _check_file(file, where)
            if not category.strip():
                raise InputError(f"{where}: `category` is empty.")
            if split not in SPLITS:
                raise InputError(
                    f"{where}: `split` must be one of {list(SPLITS)}, "
                    f"received {split!r}."
                )
            name = str(PurePosixPath(file))
            if name in seen:
                raise InputError(
                    f"{where}: `file` {file!r} is a duplicate of line "
                    f"{seen[name]}."
                )
            seen[name] = line
        for split in SPLITS:
            if split not in self.splits:
                raise InputError(f"{path}: split {split!r} is empty.")


def _read_table(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise InputError(f"{path}: there is no such file.")
    first = _read_cells(path, rows=1)
    header = [str(name).strip() for name in first.iloc[0]]
    _check_header(header, path)
    table = _read_cells(path).iloc[1:].fillna("")
    table.columns = pd.Index(header)
    # Editors leave empty lines at the end.
    return table[(table != "").any(axis=1)]


def _read_cells(path: Path, rows: int | None = None) -> pd.DataFrame:
    try:
        # Without a header pandas renames no repeated column, takes none as
        # the index, and refuses a row that is longer than the first.
        return pd.read_csv(
            path,
            header=None,
            nrows=rows,
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
            skip_blank_lines=False,
        )
    except pd.errors.EmptyDataError:
        raise InputError(f"{path}: the file is empty.") from None
    except (pd.errors.ParserError, UnicodeDecodeError, OSError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: cannot be read as csv: {reason}") from None


def _check_header(header: list[str], path: Path) -> None:
    missing = [name for name in _COLUMNS if name not in header]
    if missing:
        raise InputError(
            f"{path}: missing columns {missing}, received {header}."
        )
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise InputError(f"{path}: repeated columns {twice}.")


def _landmark_names(table: pd.DataFrame, path: Path) -> tuple[str, ...]:
    columns = [str(column) for column in table.columns]
    ends = [column for column in columns if column[-2:] in ("_y", "_x")]
    for column in ends:
        partner = column[:-1] + ("x" if column.endswith("y") else "y")
        if partner not in columns:
            raise InputError(
                f"{path}: column {column!r} is half of a landmark; its "
                f"partner {partner!r} is missing."
            )
    return tuple(column[:-2] for column in ends if column.endswith("_y"))


def _landmarks(
    table: pd.DataFrame, names: tuple[str, ...], path: Path
) -> np.ndarray:
    landmarks = np.full((len(table), len(names), 2), np.nan, "float32")
    for index, name in enumerate(names):
        for axis, column in enumerate((f"{name}_y", f"{name}_x")):
            landmarks[:, index, axis] = _fractions(table[column], path)
        single = np.isnan(landmarks[:, index]).sum(axis=1) == 1
        if single.any():
            line = int(table.index[int(single.argmax())]) + 1
            raise InputError(
                f"{path}, line {line}: landmark {name!r} has one coordinate "
                f"only; give `{name}_y` and `{name}_x`, or neither."
            )
    return landmarks


def _fractions(cells: pd.Series, path: Path) -> np.ndarray:
    text = cells.str.strip()
    numbers = pd.to_numeric(text, errors="coerce").to_numpy("float64")
    wrong = (text != "").to_numpy() & ~((numbers >= 0) & (numbers <= 1))
    if wrong.any():
        row = int(wrong.argmax())
        raise InputError(
            f"{path}, line {int(cells.index[row]) + 1}: `{cells.name}` must "
            f"be empty or within [0, 1], received {cells.iloc[row]!r}."
        )
    return numbers


def _check_file(file: str, where: str) -> None:
    parts = PurePosixPath(file.replace("\\", "/")).parts
    if not parts:
        raise InputError(f"{where}: `file` is empty.")
    absolute = parts[0].startswith("/") or parts[0].endswith(":")
    if absolute or ".." in parts:
        raise InputError(
            f"{where}: `file` must lie inside images/, received {file!r}."
        )
