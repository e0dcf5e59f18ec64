"""Test images explained, with bars whose parts can be taken away."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tf_explainer.evaluation.observation import Observation
from tf_explainer.explainer import ExplainedPart, Explanation
from tf_explainer.report.bars import Scale, listed
from tf_explainer.report.image_choice import ChosenImage
from tf_explainer.report.labels import PartLabel
from tf_explainer.report.pictures import jpeg_uri
from tf_explainer.visualization.field_tiles import Field, field_tile
from tf_explainer.visualization.style import number_text, part_color

# Of an image that is explained: pixels of its longer side.
SIZE = 320
_BATCH = 8
_FIELDS = 5
# Without parts every filter is one: those with a row of their own.
_ROWS = 12
# Of the longest bar.
_LEAST = 0.01
_NAMED = 2


def image_cards(
    observation: Observation,
    explainer: Any,
    chosen: Sequence[ChosenImage],
    read: Mapping[int, np.ndarray],
    labels: Sequence[PartLabel],
) -> list[dict[str, Any]]:
    """Explains images: why their class, and why not the runner-up.

    Args:
        observation: What the explainer showed.
        explainer: The explainer.
        chosen: The images.
        read: Index of a test image to its pixels.
        labels: The parts; none if each filter is one.

    Returns:
        Cards for the page: `group`, `file`, `label`, `decided`, `other`,
        `uri`, `alt`, `sentence`, `reasons` and `rows` of two bars each.
    """
    cards = []
    for start in range(0, len(chosen), _BATCH):
        some = chosen[start : start + _BATCH]
        images = np.stack([read[one.index] for one in some])
        decided = [one.decided for one in some]
        why = explainer.explain(images, target=decided)
        why_not = explainer.explain(
            images, target=decided, against=[one.other for one in some]
        )
        cards += [
            _card(observation, labels, *three)
            for three in zip(some, why, why_not, strict=True)
        ]
    return cards


def _card(
    observation: Observation,
    labels: Sequence[PartLabel],
    one: ChosenImage,
    why: Explanation,
    why_not: Explanation,
) -> dict[str, Any]:
    test, names = observation.splits["test"], observation.categories
    shown = [part for part in why_not.parts if part.place is not None]
    numbers = _numbers(why_not, labels)
    tile = field_tile(
        why.image,
        [
            Field(
                part.field,
                part_color(part.index),
                str(numbers[part.index]),
                part.place,
            )
            for part in shown[:_FIELDS]
        ],
        why.extent,
        SIZE,
    )
    own = why.performer_probabilities[why.target]
    sentence = _sentence(why_not, labels)
    label = names[int(test.labels[one.index])]
    return {
        "group": one.group,
        "file": test.files[one.index],
        "label": label,
        "right": label == names[one.decided],
        "decided": why.target,
        "other": why_not.against,
        "probability": own,
        "uri": jpeg_uri(tile),
        "alt": f"{test.files[one.index]} ({label}), parts outlined. {sentence}",
        "sentence": sentence,
        "reasons": why.trust.reasons,
        "scores": [why.score, why_not.score],
        **_rows(why, why_not, labels),
    }


def _label(part: ExplainedPart, labels: Sequence[PartLabel]) -> str:
    return labels[part.index].text if labels else part.name


def _numbers(
    why_not: Explanation, labels: Sequence[PartLabel]
) -> dict[int, int]:
    """Number of each part; without labels by what they give."""
    if labels:
        return {label.index: label.number for label in labels}
    return {part.index: i for i, part in enumerate(why_not.parts, start=1)}


def _sentence(why_not: Explanation, labels: Sequence[PartLabel]) -> str:
    """The parts that most speak for the class and for the other."""
    given = sorted(why_not.parts, key=lambda part: -part.contribution)
    question = f"Why {why_not.target} and not {why_not.against}?"
    told = [_told(part, labels) for part in given if part.contribution > 0]
    against = [
        _told(part, labels) for part in given[::-1] if part.contribution < 0
    ]
    words = (
        f"Most by {listed(told[:_NAMED])}"
        if told
        else f"No part speaks for {why_not.target}"
    )
    if against:
        words += f"; for {why_not.against} speaks {against[0]}"
    ordinary = number_text(why_not.ordinary)
    return f"{question} {words}. The ordinary track gives {ordinary}."


def _told(part: ExplainedPart, labels: Sequence[PartLabel]) -> str:
    return f"{_label(part, labels)} ({number_text(part.contribution)})"


def _worth_a_row(
    why_not: Explanation, first: Mapping[int, float]
) -> list[ExplainedPart]:
    """The parts that give most; none whose bars could not be seen."""
    largest = {
        part.index: max(abs(part.contribution), abs(first[part.index]))
        for part in why_not.parts
    }
    least = _LEAST * max(largest.values(), default=0.0)
    return [part for part in why_not.parts if 0 < largest[part.index] >= least][
        :_ROWS
    ]


def _noun(count: int, labels: Sequence[PartLabel]) -> str:
    one = "part" if labels else "filter"
    return one if count == 1 else f"{one}s"


def _rows(
    why: Explanation, why_not: Explanation, labels: Sequence[PartLabel]
) -> dict[str, Any]:
    """Rows of two bars; those that are parts can be taken away."""
    numbers = _numbers(why_not, labels)
    first = {part.index: part.contribution for part in why.parts}
    shown = _worth_a_row(why_not, first)
    rows: list[dict[str, Any]] = [
        {
            "label": _label(part, labels),
            "number": numbers[part.index],
            "color": part_color(part.index),
            "absent": part.place is None,
            "values": (first[part.index], part.contribution),
        }
        for part in shown
    ]
    left = [part for part in why_not.parts if part not in shown]
    told = [
        (
            f"{len(left)} other {_noun(len(left), labels)}",
            sum(first[part.index] for part in left),
            sum(part.contribution for part in left),
        ),
        ("ordinary track", why.ordinary, why_not.ordinary),
        ("together, and biases", why.rest, why_not.rest),
        ("score", why.score, why_not.score),
    ]
    rows += [
        {"label": name, "values": (one, two)}
        for name, one, two in told[0 if left else 1 :]
    ]
    scale = Scale.of(value for row in rows for value in row["values"])
    for row in rows:
        row["bars"] = [scale.bar(value) for value in row["values"]]
    return {"rows": rows, "zero": scale.zero, "unit": scale.unit}
