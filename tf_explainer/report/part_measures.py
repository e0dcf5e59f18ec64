"""What part maps are worth, as tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tf_explainer.explainer.parts import usual_names
from tf_explainer.visualization.style import number_text, percent_text

TERMS = {
    "NMI, ARI, AMI": (
        "How well the part that wins at a landmark, or the background, tells "
        "which landmark it is, over all visible landmarks together; 100 is "
        "perfect, 0 says nothing. Chance is taken off ARI and AMI, not NMI."
    ),
    "One to one": (
        "Each landmark takes at most one part and each part one landmark, "
        "matched on the training images; mean skill over all landmarks, cut "
        "off at 0. Many parts on one landmark count once."
    ),
    "Found": "Landmarks whose part has a skill of 0.6 or more.",
    "Largest share": "Of the parts, those that tell the same landmark best.",
    "Regression": (
        "Error of landmarks told from the places of all parts together, by "
        "that of their mean places: 0 is perfect, 1 as bad as the mean. It "
        "rewards finding the object alone."
    ),
}
_ROWS = {
    "untrained": "Control: explainer before training",
    "frame": "Control: cells of the frame",
    "landmark_box": "Control: cells of the landmarks' box",
    "k_means": "Control: k-means of the target feature",
    "trained_on_landmarks": "Reference: trained on the landmarks",
}
_COLUMNS = {
    "parts": "parts",
    "nmi": "NMI",
    "ari": "ARI",
    "ami": "AMI",
    "one_to_one": "one to one",
    "one_to_one_found": "found",
    "largest_share": "largest share",
    "regression": "regression",
}
_DIGITS = {"nmi": 1, "ari": 1, "ami": 1}


def part_tables(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Lays out the sections `part_maps` and `part_outlines`.

    Args:
        result: Contents of `result.json`.

    Returns:
        Tables for the page and the terminal, each with a `title`, `columns`
        and `rows` of texts, the first cell of each in words; what is not
        known is a dash. No table if the explainer has no part maps.
    """
    if "part_maps" not in result:
        return []
    section = result["part_maps"]
    names = result.get("part_names")
    tables = [*_beside_controls(section), _of_parts(section, names)]
    return tables + [
        _outlines(result[name]) for name in ["part_outlines"] if name in result
    ]


def _beside_controls(section: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    rows = list(_rows(section))
    shown = [name for name in _COLUMNS if any(name in row for _, row in rows)]
    if shown == ["parts"]:
        return
    yield {
        "title": "Parts at landmarks, beside their controls",
        "columns": ["part maps of", *(_COLUMNS[name] for name in shown)],
        "rows": [
            [words, *(_cell(row, name) for name in shown)]
            for words, row in rows
        ],
    }


def _rows(section: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The explainer first, then its known controls, then later ones."""
    yield "Explainer (the result)", section
    controls = section["controls"]
    for name in [*_ROWS, *(name for name in controls if name not in _ROWS)]:
        if name in controls:
            yield _ROWS.get(name, f"Control: {name}"), controls[name]


def _cell(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if name == "largest_share":
        return percent_text(value, 0)
    return number_text(value, _DIGITS.get(name, 2))


def _of_parts(
    section: Mapping[str, Any], names: Sequence[str] | None
) -> dict[str, Any]:
    names = names or usual_names(len(section["by_part"]))
    return {
        "title": (
            "What each part is: the landmark it is matched to, if its skill "
            "is 0.2 or more"
        ),
        "columns": ["part", "landmark", "skill", "in so many images"],
        "rows": [
            [
                name,
                part["landmark"] or number_text(None),
                number_text(part.get("skill")),
                percent_text(part["presence"], 0),
            ]
            for name, part in zip(names, section["by_part"], strict=True)
        ],
    }


def _outlines(section: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": (
            f"Parts at all pixels of {section['images']} drawn animals, "
            "beside the true outlines"
        ),
        "columns": ["part maps of", "NMI", "ARI"],
        "rows": [
            [words, _cell(row, "nmi"), _cell(row, "ari")]
            for words, row in _rows(section)
        ],
    }
