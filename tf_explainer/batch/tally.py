"""Sums over all images, which take the same memory for any number of them."""

import heapq
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from tf_explainer.explainer.explanation import RARE

_LEAST_TRUSTED = 20
_TENTHS = 10
_OTHERS = ("ordinary", "rest", "score")


class Tally:
    """What images of each category add up to.

    Args:
        classes: Names of the classes.
        parts: Number of parts, or of filters where there are none.
        has_parts: Whether there are parts, which are present or not.
    """

    COLUMNS: ClassVar[tuple[str, ...]] = (
        *("key", "category", "explainer_category", "contributions"),
        *("part_rows", "part_columns", *_OTHERS, "trust"),
    )

    def __init__(self, classes: list[str], parts: int, has_parts: bool) -> None:
        self._classes = classes
        self._index = {name: index for index, name in enumerate(classes)}
        self._has_parts = has_parts
        shape = (len(classes), parts)
        self._images = np.zeros(len(classes), np.int64)
        self._same = 0
        self._given = np.zeros(shape)
        self._strongest = np.zeros(shape, np.int64)
        self._present = np.zeros(shape, np.int64)
        # Sums of rows and columns of the parts that are present.
        self._places = np.zeros((2, *shape))
        self._others = np.zeros((len(classes), len(_OTHERS)))
        self._tenths = np.zeros(_TENTHS, np.int64)
        self._rare = 0
        self._least: list[tuple[float, str, str]] = []

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Tally":
        """Returns an empty one.

        Args:
            told: What a file says of all its rows, see `records.told_of_all`.
        """
        names = told["class_names"], len(told["part_names"])
        return cls(*names, told["has_parts"])

    def add(self, rows: pa.Table) -> None:
        """Adds some images.

        Args:
            rows: Of a Parquet file, with the columns `COLUMNS`.
        """
        names = rows["category"].to_pylist()
        index = np.array([self._index[name] for name in names])
        np.add.at(self._images, index, 1)
        self._same += sum(
            one == other
            for one, other in zip(
                names, rows["explainer_category"].to_pylist(), strict=True
            )
        )
        given = _matrix(rows["contributions"])
        np.add.at(self._given, index, given)
        np.add.at(self._strongest, (index, given.argmax(axis=1)), 1)
        others = [
            rows[name].to_numpy() for name in ("ordinary", "rest", "score")
        ]
        np.add.at(self._others, index, np.stack(others, axis=1))
        if self._has_parts:
            self._add_places(index, rows)
        self._add_trust(rows, names)

    def _add_places(self, index: np.ndarray, rows: pa.Table) -> None:
        for axis, name in enumerate(("part_rows", "part_columns")):
            places = _matrix(rows[name])
            there = ~np.isnan(places)
            np.add.at(self._places[axis], index, np.where(there, places, 0))
        np.add.at(self._present, index, there)

    def _add_trust(self, rows: pa.Table, names: list[str]) -> None:
        trust = rows["trust"].to_numpy()
        known = np.flatnonzero(~np.isnan(trust))
        tenths = np.minimum((trust[known] * _TENTHS).astype(int), _TENTHS - 1)
        np.add.at(self._tenths, tenths, 1)
        self._rare += int((trust[known] < RARE).sum())
        keys = rows["key"]
        worst = known[np.argsort(trust[known], kind="stable")]
        some = [
            (float(trust[i]), keys[int(i)].as_py(), names[i])
            for i in worst[:_LEAST_TRUSTED]
        ]
        self._least = heapq.nsmallest(_LEAST_TRUSTED, [*self._least, *some])

    def numbers(self) -> dict[str, Any]:
        """Returns means and shares as JSON values."""
        images = int(self._images.sum())
        known = int(self._tenths.sum())
        return {
            "images": images,
            "same_decision": self._same / images if images else None,
            "trust": {
                "known": known,
                "rare": self._rare,
                "tenths": self._tenths.tolist(),
                "least": [
                    {"key": key, "category": category, "trust": trust}
                    for trust, key, category in self._least
                ],
            },
            "parts": self._of_parts(images),
            "classes": {
                name: self._of_class(index)
                for index, name in enumerate(self._classes)
                if self._images[index]
            },
        }

    def _of_parts(self, images: int) -> list[dict[str, Any]]:
        strongest, present = (
            some.sum(axis=0) / max(images, 1)
            for some in (self._strongest, self._present)
        )
        return [
            {
                "strongest": float(strongest[part]),
                "present": float(present[part]) if self._has_parts else None,
            }
            for part in range(len(strongest))
        ]

    def _of_class(self, index: int) -> dict[str, Any]:
        images = int(self._images[index])
        ordinary, rest, score = (self._others[index] / images).tolist()
        found = {
            "images": images,
            "parts": (self._given[index] / images).tolist(),
            "ordinary": ordinary,
            "rest": rest,
            "score": score,
            "strongest": (self._strongest[index] / images).tolist(),
        }
        if self._has_parts:
            present = self._present[index]
            places = self._places[:, index] / np.maximum(present, 1)
            found["present"] = (present / images).tolist()
            found["places"] = [
                place if count else None
                for place, count in zip(
                    places.T.tolist(), present.tolist(), strict=True
                )
            ]
        return found


def _matrix(column: pa.ChunkedArray) -> np.ndarray:
    """Float64 `(rows, values)`, NaN where there is none."""
    lists = column.combine_chunks()
    flat = lists.flatten().to_numpy(zero_copy_only=False)
    return flat.reshape(len(lists), -1).astype(np.float64)
