"""What all images of a batch say: which parts carry which category."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tf_explainer.batch.pipeline import DEAD, EXPLAINED
from tf_explainer.batch.records import told_of_all
from tf_explainer.batch.storage import (
    file_names,
    joined,
    open_file,
    write_whole,
)
from tf_explainer.batch.tally import Tally
from tf_explainer.errors import InputError
from tf_explainer.report.deciding import class_cards, served_classes
from tf_explainer.report.explanation_page import page_templates
from tf_explainer.report.labels import PartLabel

PAGE, DATA = "summary.html", "summary.json"
# Rows in memory at a time.
_ROWS = 4096
_LISTED, _MOST_REASONS = 20, 100
_OTHER = "other reasons"


def summarize(
    output: str, tell: Callable[[int], None] = lambda images: None
) -> dict[str, Any]:
    """Writes a page and a JSON file of all images of a batch.

    Args:
        output: The folder of the batch.
        tell: Called with the number of images just read.

    Returns:
        What the JSON file holds.

    Raises:
        InputError: If there are no explained images, or of several models.
    """
    parts = sorted(
        name
        for name in file_names(joined(output, EXPLAINED))
        if name.endswith(".parquet")
    )
    if not parts:
        raise InputError(
            f"`DIR` must be the --output folder of tf-explainer batch, "
            f"received {output}."
        )
    tally, told = None, None
    for name in parts:
        path = joined(output, EXPLAINED, name)
        for schema, rows in _rows(path):
            found = told_of_all(schema)
            told = told or found
            if _without_versions(found) != _without_versions(told):
                raise InputError(
                    f"`DIR` must hold images of one batch, received {path} "
                    f"of another one than {parts[0]}."
                )
            tally = tally or Tally.of(found)
            if len(rows):
                tally.add(rows)
                tell(len(rows))
    numbers = {
        **_whole(told or {}, parts),
        **(tally.numbers() if tally else {}),
        **_letters(output, parts),
    }
    text = json.dumps(numbers, indent=2, ensure_ascii=False, allow_nan=False)
    write_whole(joined(output, DATA), (text + "\n").encode())
    write_whole(joined(output, PAGE), summary_html(numbers).encode())
    return numbers


def summary_html(numbers: dict[str, Any]) -> str:
    """Returns the page, which needs no network and no other file.

    Args:
        numbers: What `summarize` returned.
    """
    labels = [
        PartLabel(index, name)
        for index, name in enumerate(numbers["part_names"])
    ]
    decides = {"decides": numbers["classes"]}
    rows = [
        {
            "label": label,
            "present": one["present"],
            "strongest": one["strongest"],
            "served": served_classes(decides, label.index),
        }
        for label, one in zip(labels, numbers["parts"], strict=True)
    ]
    # Of hundreds of filters those that decide for an image.
    rows = sorted(rows, key=lambda row: -row["strongest"])[:_LISTED]
    template = page_templates().get_template("batch.html.j2")
    return template.render(
        numbers=numbers, classes=class_cards(decides, labels), rows=rows
    )


def _rows(path: str) -> Iterator[tuple[pa.Schema, pa.Table]]:
    try:
        with open_file(path) as file:
            opened = pq.ParquetFile(file)
            schema = opened.schema_arrow
            yield schema, schema.empty_table()
            wanted = [n for n in Tally.COLUMNS if n in schema.names]
            for some in opened.iter_batches(_ROWS, columns=wanted):
                yield schema, pa.Table.from_batches([some])
    except (pa.ArrowException, KeyError, TypeError) as error:
        raise InputError(
            f"`DIR` holds a file that tf-explainer batch did not write, "
            f"received {path}: {error}"
        ) from error


def _without_versions(told: dict[str, Any]) -> dict[str, Any]:
    # A package may be renewed before work goes on.
    return {name: one for name, one in told.items() if name != "versions"}


def _whole(told: dict[str, Any], parts: list[str]) -> dict[str, Any]:
    """How much of the batch is done, and what is the same for all of it."""
    kept = ("class_names", "part_names", "has_parts", "inputs", "versions")
    return {
        **{name: told[name] for name in kept},
        "model_sha256": told["model_sha256"],
        "shards": told["shards"],
        "shards_done": len(parts),
    }


def _letters(output: str, parts: list[str]) -> dict[str, Any]:
    """Why images are not among them; of many reasons those that came first."""
    reasons: Counter[str] = Counter()
    listed: list[dict[str, Any]] = []
    for name in parts:
        path = joined(output, DEAD, name.replace(".parquet", ".jsonl"))
        for letter in _read_letters(path):
            reason = letter["reason"]
            if reason not in reasons and len(reasons) >= _MOST_REASONS:
                reason = _OTHER
            reasons[reason] += 1
            if len(listed) < _LISTED:
                listed.append(letter)
    return {
        "dead_letters": reasons.total(),
        "reasons": dict(reasons.most_common()),
        "first_dead_letters": listed,
    }


def _read_letters(path: str) -> Iterator[dict[str, Any]]:
    try:
        with open_file(path) as lines:
            yield from map(json.loads, lines)
    except (OSError, ValueError) as error:
        raise InputError(
            f"`DIR` lacks a file that tf-explainer batch wrote, or it is "
            f"damaged: {path} ({error})."
        ) from error
