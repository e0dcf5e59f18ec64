"""What decides for each class, as sentences and bars."""

from collections.abc import Mapping, Sequence
from typing import Any

from tf_explainer.report.bars import Scale, listed
from tf_explainer.report.labels import PartLabel
from tf_explainer.visualization.style import number_text, percent_text

# Of all that parts and ordinary track give to a class, signs left out.
_WORTH_A_BAR = 0.02
_NAMED = 3


def class_cards(
    result: Mapping[str, Any], labels: Sequence[PartLabel]
) -> list[dict[str, Any]]:
    """Lays the section `decides` out, the class of most images first.

    Args:
        result: Contents of `result.json`.
        labels: The parts.

    Returns:
        Cards with `name`, `images`, `sentence`, `zero` (percent) and `rows`,
        each a `label`, a `part` (`None` for what is none) and a `bar`; all
        bars of all cards have one scale. None if the section is missing.
    """
    decides = result.get("decides", {})
    cards = {name: _rows(one, labels) for name, one in decides.items()}
    scale = Scale.of(value for rows in cards.values() for *_, value in rows)
    return [
        {
            "name": name,
            "images": decides[name]["images"],
            "sentence": _sentence(name, decides[name], labels),
            "zero": scale.zero,
            "rows": [
                {"label": label, "part": part, "bar": scale.bar(value)}
                for label, part, value in cards[name]
            ],
        }
        for name in sorted(cards, key=lambda name: -decides[name]["images"])
    ]


def _total(one: Mapping[str, Any]) -> float:
    return sum(map(abs, one["parts"])) + abs(one["ordinary"]) or 1.0


def _rows(
    one: Mapping[str, Any], labels: Sequence[PartLabel]
) -> list[tuple[str, PartLabel | None, float]]:
    least = _WORTH_A_BAR * _total(one)
    given = sorted(
        zip(labels, one["parts"], strict=False), key=lambda pair: -pair[1]
    )
    large = [pair for pair in given if abs(pair[1]) >= least]
    rows: list[tuple[str, PartLabel | None, float]] = [
        (label.text, label, value) for label, value in large
    ]
    if small := len(given) - len(large):
        others = sum(value for _, value in given if abs(value) < least)
        noun = "part" if small == 1 else "parts"
        rows.append((f"{small} other {noun}", None, others))
    rows += [
        ("ordinary track", None, one["ordinary"]),
        ("together, and biases", None, one["rest"]),
        ("score", None, one["score"]),
    ]
    return rows


def _sentence(
    name: str, one: Mapping[str, Any], labels: Sequence[PartLabel]
) -> str:
    total = _total(one)
    given = sorted(
        zip(labels, one["parts"], strict=False), key=lambda pair: -pair[1]
    )
    told = [pair for pair in given if pair[1] >= _WORTH_A_BAR * total]
    against = [pair for pair in given if pair[1] <= -_WORTH_A_BAR * total]
    share = sum(map(abs, one["parts"])) / total
    if told:
        words = f"{name} is decided by {_named(told[:_NAMED])}."
    else:
        words = f"No part speaks for {name}."
    if against:
        words += f" Against it speaks {_named(against[::-1][:_NAMED])}."
    return (
        f"{words} Parts give {percent_text(share, 0)} of it, the ordinary "
        "track the rest."
    )


def _named(pairs: Sequence[tuple[PartLabel, float]]) -> str:
    return listed(
        [f"{label.text} ({number_text(value)})" for label, value in pairs]
    )


def served_classes(
    result: Mapping[str, Any], index: int, most: int = 3
) -> list[tuple[str, float]]:
    """Returns the classes that a part gives most to, and how much.

    Args:
        result: Contents of `result.json`.
        index: The part's.
        most: At most so many classes.
    """
    given = [
        (name, one["parts"][index])
        for name, one in result.get("decides", {}).items()
        if index < len(one["parts"])
        and one["parts"][index] >= _WORTH_A_BAR * _total(one)
    ]
    return sorted(given, key=lambda pair: -pair[1])[:most]
