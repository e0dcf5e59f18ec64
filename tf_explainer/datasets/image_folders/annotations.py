"""What `annotations.csv` says, checked."""

import dataclasses
import itertools
import re
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from tf_explainer.datasets.category_choice import tidy_name
from tf_explainer.datasets.image_folders.table import (
    ENDS,
    annotation_table,
    tidy_path,
)
from tf_explainer.errors import InputError

SPLITS = ("train", "test")
_HIDDEN = ("nan", "na", "n/a", "none", "null", "-", "-1", "-1.0", "hidden")
# Ways to write a landmark's column that are not ours.
_NEAR = (
    re.compile(r"(?P<name>.*?)[ .:\-]?(?P<axis>[yYxX])"),
    re.compile(r"(?P<axis>[yYxX])[ .:_\-](?P<name>.+)"),
)


@dataclasses.dataclass(frozen=True, eq=False)
class Annotations:
    """The rows of `annotations.csv`.

    Attributes:
        lines: Line of each row in the file, counted from 1.
        written: Paths below `images/` as they are written, one a row.
        files: The same with tidy names.
        categories: Category names, tidy, one a row.
        splits: `train` or `test`, one a row.
        landmark_names: Names of the landmarks, in the order of the columns.
        landmarks: Float32 `(rows, landmarks, 2)`, (row, column) as fractions
            of the stored crop; NaN where hidden.
    """

    lines: np.ndarray
    written: np.ndarray
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
                Names are taken without spaces around them and in Unicode's
                form NFC.

        Returns:
            The rows, in the order of the file.

        Raises:
            InputError: If the file or a value in it is wrong; the message
                names the line, the column and the value.
        """
        table = annotation_table(path)
        names = _landmark_names(table, path)
        annotations = cls(
            lines=table.index.to_numpy() + 1,
            written=table["file"].to_numpy(dtype=object),
            files=table["file"].map(tidy_path).to_numpy(dtype=object),
            categories=table["category"].map(tidy_name).to_numpy(dtype=object),
            splits=table["split"].map(tidy_name).to_numpy(dtype=object),
            landmark_names=names,
            landmarks=_landmarks(table, names, path),
        )
        annotations._check(path)
        return annotations

    def __len__(self) -> int:
        return len(self.files)

    def _check(self, path: Path) -> None:
        seen: dict[str, int] = {}
        columns = (self.lines, self.written, self.categories, self.splits)
        for line, file, category, split in zip(*columns, strict=True):
            where = f"{path}, line {line}"
            _check_file(file, where)
            if not category:
                raise InputError(
                    f"{where}: `category` is empty.{_empty_hint(file)}"
                )
            if split not in SPLITS:
                raise InputError(
                    f"{where}: `split` must be one of {list(SPLITS)}, "
                    f"received {split!r}.{_split_hint(split)}"
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


def _landmark_names(table: pd.DataFrame, path: Path) -> tuple[str, ...]:
    columns = [str(column) for column in table.columns]
    _check_ends(columns, path)
    _check_near(columns, path)
    ends = [column for column in columns if column[-2:] in ENDS]
    known = set(columns)
    for column in ends:
        if column in ENDS:
            raise InputError(
                f"{path}: column {column!r} names no landmark; write its name "
                f"before it, such as 'head{column}'."
            )
        partner = column[:-1] + ("x" if column.endswith("y") else "y")
        if partner not in known:
            raise InputError(
                f"{path}: column {column!r} is half of a landmark; its "
                f"partner {partner!r} is missing."
            )
    return tuple(column[:-2] for column in ends if column.endswith("_y"))


def _check_ends(columns: list[str], path: Path) -> None:
    """Refuses `head_Y` beside `head_X`, which is no other column."""
    of_name: dict[str, set[str]] = {}
    for column in columns:
        of_name.setdefault(column[:-2], set()).add(column)
    for column in columns:
        small = column[:-2] + column[-2:].lower()
        ends = {c[-2:].lower() for c in of_name[column[:-2]] - {column}}
        if small != column and small[-2:] in ENDS and ends & set(ENDS):
            raise InputError(
                f"{path}: a landmark's columns end in '_y' and '_x'; write "
                f"{small!r} in place of {column!r}."
            )


def _check_near(columns: list[str], path: Path) -> None:
    """Refuses pairs such as `head y, head x` and `y_head, x_head`."""
    known = set(columns)
    for column, pattern in itertools.product(columns, _NEAR):
        found = pattern.fullmatch(column)
        if found is None or column[-2:] in ENDS:
            continue
        at = found.start("axis")
        other = {"y": "x", "x": "y", "Y": "X", "X": "Y"}[column[at]]
        partner = f"{column[:at]}{other}{column[at + 1 :]}"
        if partner in known:
            name = found["name"] or "head"
            raise InputError(
                f"{path}: the columns {column!r} and {partner!r} look like a "
                f"landmark's; call them '{name}_y' and '{name}_x', or leave "
                "them out."
            )


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
            f"{_fraction_hint(text.iloc[row], numbers[row], str(cells.name))}"
        )
    return numbers


def _fraction_hint(text: str, number: float, column: str) -> str:
    if text.lower() in _HIDDEN:
        return " Leave the cell empty where a landmark is hidden."
    if number > 1:
        side = "height" if column.endswith("_y") else "width"
        return (
            f" If it counts pixels, divide it by the image's {side} in pixels."
        )
    return " Decimals have a point." if "," in text else ""


def _empty_hint(file: str) -> str:
    if ";" in file or "\t" in file:
        return f" Write commas between the columns, received {file!r}."
    return ""


def _split_hint(split: str) -> str:
    if split.lower() in SPLITS:
        return f" Write {split.lower()!r}."
    if split.lower().startswith("train"):
        return " Write 'train'."
    if split.lower().startswith(("test", "val", "dev", "eval")):
        return " Images that are not learned from are of split 'test'."
    return ""


def _check_file(file: str, where: str) -> None:
    parts = PurePosixPath(tidy_path(file.replace("\\", "/"))).parts
    if not parts:
        raise InputError(f"{where}: `file` is empty.")
    absolute = parts[0].startswith("/") or parts[0].endswith(":")
    if absolute or ".." in parts:
        raise InputError(
            f"{where}: `file` must lie inside images/ and be written as the "
            f"path below it, received {file!r}."
        )
