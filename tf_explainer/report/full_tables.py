"""What `evaluate --full` found, as tables."""

from collections.abc import Iterator, Mapping
from typing import Any

from tf_explainer.report.causal_tables import causal_tables
from tf_explainer.visualization.number_text import number_text, percent_text

_LAYERS = {
    "interp_2": "explainer",
    "target": "target layer",
    "top_conv": "top conv-layer",
}

_EXCHANGED = "more than at the filter's peak in another image of the category"


def full_tables(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Lays out what one look at the images does not tell.

    Args:
        result: Contents of `result.json`.

    Returns:
        Tables for the page and the terminal, each with a `title`, `columns`
        and `rows` of texts, the first cell of each in words; what is not
        known is a dash. No table if `--full` was not asked for.
    """
    tables = [*_moved(result), *_covered(result.get("occlusion", {}))]
    return tables + (
        causal_tables(result["causal"]) if "causal" in result else []
    )


def _moved(result: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if "jittered" not in result:
        return
    moved = result["jittered"]["layers"]
    rows = [
        ("skill on the test images", result["layers"], "skill", "1"),
        ("skill on the moved images", moved, "skill", "the same"),
        ("PCK on the moved images", moved, "pck", "1"),
    ]
    table = [
        [
            words,
            *(number_text(layers[layer].get(name)) for layer in _LAYERS),
            right,
        ]
        for words, layers, name, right in rows
        if any(name in layers[layer] for layer in _LAYERS)
    ]
    follows = result.get("equivariance", {})
    numbers = [number_text(follows.get(layer)) for layer in _LAYERS]
    table.append(["peaks go along with the image", *numbers, "1; 0 stays"])
    if "proxy" in result:
        number = number_text(result["proxy"])
        others = [number_text(None)] * (len(_LAYERS) - 1)
        table.append(["landmark-free proxy", number, *others, "1; 0 stays"])
    yield {
        "title": "Images shifted, scaled and, for the last rows, flipped",
        "columns": ["mean over filters", *_LAYERS.values(), "right"],
        "rows": table,
    }


def _covered(occlusion: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if not occlusion.get("images"):
        return
    rows = (
        ("images in which the score loses more", "score_auc"),
        ("images in which the filter loses more", "filter_auc"),
        (f"the score, {_EXCHANGED}", "score_auc_exchanged"),
        (f"the filter, {_EXCHANGED}", "filter_auc_exchanged"),
    )
    yield {
        "title": (
            "A square is covered where the most important filter fires, in "
            f"each of {occlusion['images']} images, and beside it another "
            "square"
        ),
        "columns": ["at the filter's peak", "found", "right"],
        "rows": [
            *(
                [words, percent_text(occlusion[name]), "100 %; 50 is chance"]
                for words, name in rows
                if name in occlusion
            ),
            [
                "mean loss of the CNN's score before the softmax",
                number_text(occlusion["score_peak"]),
                f"above {number_text(occlusion['score_random'])}, elsewhere",
            ],
        ],
    }
