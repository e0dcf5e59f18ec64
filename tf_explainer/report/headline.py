"""The few numbers that matter, each beside what it is worth by chance."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tf_explainer.evaluation.deciding import share_through_filters
from tf_explainer.report.measures import definitions
from tf_explainer.visualization.style import number_text, percent_text


class Row(NamedTuple):
    """One number of the headline.

    Attributes:
        words: What is measured.
        value: The explainer's.
        beside: A control's, a chance level, or what would be right.
    """

    words: str
    value: str
    beside: str


def headline_rows(result: Mapping[str, Any]) -> list[Row]:
    """Returns the numbers that stand open, those that are known.

    Args:
        result: Contents of `result.json`.
    """
    return [
        *_decisions(result),
        *_shares(result),
        *_trusted(result.get("trust", {})),
        *_landmarks(result),
    ]


def _decisions(result: Mapping[str, Any]) -> Iterator[Row]:
    explainer, classes = result["explainer"], result["data"]["categories"]
    yield Row(
        "Accuracy through the explainer",
        percent_text(explainer["accuracy"]),
        f"{percent_text(result['performer']['accuracy'])}, the CNN itself",
    )
    yield Row(
        "Accuracy lost (Δ error), percentage points",
        number_text(result["delta_error"], 1),
        "0 loses nothing",
    )
    yield Row(
        "Same decision as the CNN",
        percent_text(explainer["agreement"]),
        f"{percent_text(1 / len(classes), 0)} by guessing",
    )
    for layer, error in result["reconstruction_error"].items():
        yield Row(
            f"Reconstruction error, {layer}",
            number_text(error, 3),
            "1, all zeros",
        )


def _shares(result: Mapping[str, Any]) -> Iterator[Row]:
    found = result.get("contributions")
    if found and "removal" in found:
        share = percent_text(found["removal"], 0)
        yield Row(
            "Of the class score, lost without the parts",
            share,
            "0\N{NARROW NO-BREAK SPACE}%, parts decide nothing",
        )
    elif found:
        yield Row(
            "Of the class score, through part filters",
            percent_text(share_through_filters(found), 0),
            "0\N{NARROW NO-BREAK SPACE}%, filters decide nothing",
        )
    yield Row(
        "Weight of the part filters in the rebuilt feature (p)",
        number_text(result["p"]),
        "0, ordinary track alone",
    )


def _trusted(trust: Mapping[str, Any]) -> Iterator[Row]:
    if "equivariance" in trust:
        yield Row(
            "Parts go along with moved images",
            number_text(trust["equivariance"]),
            "0, a place that never moves",
        )
    if "fidelity" in trust:
        area = number_text(trust.get("fidelity_area"))
        yield Row(
            "Parts give what erasing them costs (rank correlation)",
            number_text(trust["fidelity"]),
            f"{area}, by size alone; 0 by chance",
        )


def _landmarks(result: Mapping[str, Any]) -> Iterator[Row]:
    skill = result["layers"]["interp_2"].get("skill")
    if skill is not None:
        before = number_text(result["controls"]["untrained"].get("skill"))
        yield Row(
            "Skill of the filters",
            number_text(skill),
            f"{before}, before training; 0, a constant place",
        )
    parts = result.get("part_maps", {})
    frame = parts.get("controls", {}).get("frame", {})
    for words, name, digits in (
        ("Parts at landmarks, one to one", "one_to_one", 2),
        ("Parts at landmarks, NMI", "nmi", 1),
    ):
        if name in parts:
            beside = number_text(frame.get(name), digits)
            yield Row(
                words,
                number_text(parts[name], digits),
                f"{beside}, cells of the frame",
            )


# What a number is worth without any part, by term.
_CHANCE = {
    "Skill": "A place that never moves has 0.",
    "Skill, best tenth": "The best of many are above 0 by chance: read it "
    "beside the explainer before training.",
    "Above constant": "By chance about half.",
    "Location instability": "A constant place is low, too: read it beside "
    "that control.",
    "Pck": "Read it beside the constant place.",
    "Coverage": "Many filters cover much by chance: read it beside the "
    "explainer before training.",
    "Δ error": "0 loses nothing.",
}


def used_definitions(
    result: Mapping[str, Any], tables: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """Returns term to sentence of what the page shows, with chance levels.

    Args:
        result: Contents of `result.json`.
        tables: Its other tables; their titles, columns and first cells are
            what they show.
    """
    shown = [row.words for row in headline_rows(result)]
    for table in tables:
        rows = table["rows"]
        shown += [table.get("title", ""), *table["columns"]]
        shown += [
            row["title"] if isinstance(row, Mapping) else str(row[0])
            for row in rows
        ]
    text = "\n".join(shown).lower()
    return {
        term: f"{sentence} {_CHANCE.get(term, '')}".strip()
        for term, sentence in definitions().items()
        if any(_stands_in(word, text) for word in term.lower().split(", "))
    }


def _stands_in(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
