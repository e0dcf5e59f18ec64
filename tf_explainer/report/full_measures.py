"""What `evaluate --full` found, as tables."""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from tf_explainer.evaluation.causal import CLAIMS
from tf_explainer.report.heat_maps import heat_tables
from tf_explainer.visualization.style import number_text, percent_text

_FILTERS = {
    "silence": (
        "its part removed: weaker than without another part",
        "1; size alone: {}",
    ),
    "silence_like_size": (
        "the same beside parts of like size",
        "1; 0.5 is chance",
    ),
    "follow": ("its part moved: the peak goes along", "1; 0 stays"),
    "follow_others": ("another part moved: the peak goes along", "0"),
}
_SCORES = {
    "explained": "the explainer's score, which sees the changed image",
    "explained_untrained": "the same, untrained",
}
_COLUMNS = {
    "by_image": "parts of an image",
    "by_category": "parts of a category",
    "pasted": "exchanged parts",
}


def causal_tables(causal: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Lays the causal checks out for the page and the terminal.

    Args:
        causal: The section `causal` of `result.json`.

    Returns:
        Two tables, each with a `title`, `columns` and `rows` of texts, the
        first cell of each in words; what is not known is a dash.
    """
    return [_of_filters(causal), _of_claims(causal)]


def _of_filters(causal: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": (
            f"{causal['filters']} filters stand for a part; "
            f"{causal['cases']} parts of {causal['images']} drawn animals "
            "were changed"
        ),
        "columns": [
            *("mean over these filters", "trained", "untrained", "right")
        ],
        "rows": [
            [
                words,
                number_text(causal.get(name)),
                number_text(causal.get(f"{name}_untrained")),
                right.format(_by_size(causal)),
            ]
            for name, (words, right) in _FILTERS.items()
        ],
    }


def _by_size(causal: Mapping[str, Any]) -> str:
    """The control of `silence`, with the untrained one's behind it."""
    numbers = [
        number_text(causal.get(f"silence_by_size{suffix}"))
        for suffix in ("", "_untrained")
    ]
    return "{}, untrained {}".format(*numbers)


def _of_claims(causal: Mapping[str, Any]) -> dict[str, Any]:
    claims = causal["claims"]
    rows = [(_words(name), claims[name]) for name in sorted(claims)]
    # What claims could reach stands below them.
    rows += [
        (words, causal[name])
        for name, words in _SCORES.items()
        if name in causal
    ]
    return {
        "title": (
            "Rank correlation of what a part is said to give to the score "
            "and what its loss costs"
        ),
        "columns": ["who says it", *_COLUMNS.values()],
        "rows": [
            [words, *(number_text(found.get(key)) for key in _COLUMNS)]
            for words, found in rows
        ],
    }


def _words(claim: str) -> str:
    """The first sentence of a claim's docstring; its name, if it is gone."""
    if claim not in CLAIMS.names():
        return claim
    text = inspect.getdoc(CLAIMS.get(claim)) or claim
    return text.splitlines()[0].rstrip(".")


_FIDELITY = {
    "removal": "The explainer: its parts, by removal",
    "shapley": "The explainer: its parts, by Shapley values",
    "gradient": "The explainer: its parts, by gradient × activation",
    "area": "Size of the region",
    "chance": "Removal of parts in another image",
    "grad_cam": "Grad-CAM of the performer",
    "integrated_gradients": "Integrated gradients of the performer",
    "target_erasure": "The performer, the region erased in its target layer",
    "rescoring": "the explainer's score, which sees the erased image",
}
_FILLS = {
    "ring": "surroundings",
    "blur": "blur",
    "border": "border's color",
    "other": "another image",
}


def _erased(fidelity: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if not fidelity.get("images"):
        return
    fills, mean = fidelity["fills"], fidelity["mean"]
    numbers = [*fills.values(), mean]
    yield {
        "title": (
            "Rank correlation of what a part is said to give to the score and "
            "what erasing its region costs, over the parts of each of "
            f"{fidelity['images']} images, by what the region is filled with"
        ),
        "columns": [
            "who says it",
            *(_FILLS.get(name, name) for name in fills),
            *("mean", "its 95 % interval"),
        ],
        "rows": [
            [
                words,
                *(number_text(found.get(name)) for found in numbers),
                _ends(mean.get(f"{name}_interval")),
            ]
            for name, words in _FIDELITY.items()
            if name in mean
        ],
    }


def _ends(interval: Any) -> str:
    if interval is None:
        return number_text(None)
    return "{} to {}".format(*map(number_text, interval))


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
    tables = [
        *_moved(result),
        *_covered(result.get("occlusion", {})),
        *_erased(result.get("removal_fidelity", {})),
        *heat_tables(result.get("faithfulness", {})),
    ]
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
