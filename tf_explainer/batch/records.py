"""The rows of the Parquet files, and those of images that have none."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

# Where the schema keeps what holds for all rows.
METADATA = b"tf_explainer"
ABSENT = -1
# By the CNN, and by the explainer.
SCORES = ("performer_scores", "scores")
_NOT_FINITE = "the CNN's answer is not finite"


class Row(NamedTuple):
    """One image, before it is explained.

    Attributes:
        number: Its place in the list of all images, from 0.
        key: What it is called.
        path: Of its file.
        record: Number of its record there; `None` for none.
    """

    number: int
    key: str
    path: str
    record: int | None


class DeadLetter(NamedTuple):
    """One image that cannot be explained.

    Attributes:
        number: As in `Row`.
        key: As in `Row`.
        path: As in `Row`.
        record: As in `Row`.
        reason: Why not.
    """

    number: int
    key: str
    path: str
    record: int | None
    reason: str


class Names(NamedTuple):
    """What the numbers of a model's answers stand for.

    Attributes:
        classes: In the order of the scores.
        parts: In the order of the parts; those of filters where there are
            none.
        has_parts: Whether there are parts, or each filter is for itself.
    """

    classes: tuple[str, ...]
    parts: tuple[str, ...]
    has_parts: bool


def table_schema(
    names: Names, facts: Mapping[str, Any], top_scores: int | None = None
) -> pa.Schema:
    """Returns the columns of an explained image.

    Args:
        names: Of classes and parts.
        facts: JSON values that hold for all rows.
        top_scores: How many of the highest scores are kept, highest first,
            with the numbers of their classes; `None` keeps all, in the order
            of the classes.
    """
    classes, parts = len(names.classes), len(names.parts)
    kept = min(top_scores or classes, classes)
    fields = [
        pa.field("number", pa.int64(), nullable=False),
        pa.field("key", pa.string(), nullable=False),
        pa.field("path", pa.string(), nullable=False),
        pa.field("record", pa.int64()),
        pa.field("category", pa.string(), nullable=False),
        pa.field("explainer_category", pa.string(), nullable=False),
        *(pa.field(name, pa.list_(pa.float32(), kept)) for name in SCORES),
        pa.field("contributions", pa.list_(pa.float32(), parts)),
    ]
    if top_scores is not None:
        fields += [
            pa.field(f"{name}_classes", pa.list_(pa.int32(), kept))
            for name in SCORES
        ]
    if names.has_parts:
        fields += [
            pa.field(name, pa.list_(pa.float32(), parts))
            for name in ("part_rows", "part_columns", "part_presence")
        ]
    fields += [
        pa.field(name, pa.float32())
        for name in ("ordinary", "rest", "score", "trust", "closeness")
    ]
    told = {
        "class_names": [*names.classes],
        "part_names": [*names.parts],
        "has_parts": names.has_parts,
        **facts,
    }
    text = json.dumps(told, ensure_ascii=False, allow_nan=False)
    return pa.schema(fields, {METADATA: text.encode()})


def told_of_all(schema: pa.Schema) -> dict[str, Any]:
    """Returns what a schema says of all rows.

    Args:
        schema: Of a file.
    """
    return dict(json.loads(schema.metadata[METADATA]))


def explained_table(
    rows: Sequence[Row],
    answers: Mapping[str, np.ndarray],
    names: Names,
    schema: pa.Schema,
) -> tuple[pa.Table, list[DeadLetter]]:
    """Returns the table of some images, and those with no finite answer.

    Args:
        rows: The images.
        answers: Output of the signature `explain` to its values, one an
            image.
        names: Of classes and parts.
        schema: See `table_schema`.
    """
    finite = np.ones(len(rows), bool)
    for value in answers.values():
        flat = np.isfinite(value).reshape(len(rows), -1)
        finite &= flat.all(axis=1)
    dead = [
        DeadLetter(*row, _NOT_FINITE)
        for row, fine in zip(rows, finite, strict=True)
        if not fine
    ]
    kept = [row for row, fine in zip(rows, finite, strict=True) if fine]
    told = {name: value[finite] for name, value in answers.items()}
    columns = _columns(kept, told, names)
    if f"{SCORES[0]}_classes" in schema.names:
        for name in SCORES:
            count = schema.field(name).type.list_size
            columns |= _highest(name, told[name], count)
    arrays = [
        _array(columns[field.name], field.type, len(kept)) for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema), dead


def _columns(
    rows: Sequence[Row], told: Mapping[str, np.ndarray], names: Names
) -> dict[str, Any]:
    classes = np.asarray(names.classes, object)
    columns: dict[str, Any] = {
        name: [getattr(row, name) for row in rows] for name in Row._fields
    }
    columns |= {
        "category": classes[told["performer_scores"].argmax(axis=-1)].tolist(),
        "explainer_category": classes[told["scores"].argmax(axis=-1)].tolist(),
        "contributions": told[contributions_name(names.has_parts)],
    }
    simple = ("performer_scores", "scores", "ordinary", "rest", "score")
    columns |= {name: told[name] for name in simple}
    # Of explainers whose training has not come to its end.
    columns |= {n: _or_nothing(told[n]) for n in ("trust", "closeness")}
    if names.has_parts:
        places = _or_nothing(told["part_places"])
        columns["part_rows"], columns["part_columns"] = places.T.swapaxes(1, 2)
        columns["part_presence"] = told["part_presence"]
    return columns


def _highest(name: str, scores: np.ndarray, count: int) -> dict[str, Any]:
    """The highest scores of each image; of equal ones the first class."""
    order = np.argsort(-scores, axis=-1, kind="stable")[:, :count]
    return {
        name: np.take_along_axis(scores, order, axis=-1),
        f"{name}_classes": order,
    }


def contributions_name(has_parts: bool) -> str:
    """Returns which output says what each part gives.

    Args:
        has_parts: As in `Names`.
    """
    return "part_contributions" if has_parts else "filter_contributions"


def _or_nothing(values: np.ndarray) -> np.ndarray:
    return np.where(values == ABSENT, np.nan, values)


def _array(values: Any, kind: pa.DataType, count: int) -> pa.Array:
    if isinstance(values, list):
        return pa.array(values, kind)
    listed = pa.types.is_fixed_size_list(kind)
    one = kind.value_type if listed else kind
    flat = np.ascontiguousarray(values, one.to_pandas_dtype()).reshape(-1)
    known = pa.array(flat, one, mask=np.isnan(flat))
    if not listed:
        return known
    return pa.FixedSizeListArray.from_arrays(known, type=kind)


def letters_text(letters: Sequence[DeadLetter]) -> str:
    """Returns dead letters as JSON, one a line.

    Args:
        letters: None or more.
    """
    # Escaped: a name may hold what ends a line elsewhere.
    return "".join(json.dumps(one._asdict()) + "\n" for one in letters)
