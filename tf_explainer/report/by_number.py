"""What each number says, in a sentence."""

from collections.abc import Iterator, Mapping
from typing import Any

from scipy import stats

from tf_explainer.evaluation.deciding import share_through_filters
from tf_explainer.evaluation.verdict import LIMITS, Finding, Kind, worst
from tf_explainer.report.of_landmarks import landmark_sentences
from tf_explainer.visualization.style import number_text, percent_text


def sentences(result: Mapping[str, Any]) -> list[Finding]:
    """Says what each number means by itself.

    Args:
        result: Contents of `result.json`.

    Returns:
        Sentences, most important first.
    """
    return [
        *_accuracy(result),
        *weak_performer(result),
        *_share(result),
        *landmark_sentences(result),
        *_filters(result),
        *_images(result),
    ]


def weak_performer(result: Mapping[str, Any]) -> list[Finding]:
    """Says where the performer is no better than guessing, or worse.

    Args:
        result: Contents of `result.json`.

    Returns:
        One finding or none.
    """
    accuracy, images = result["performer"]["accuracy"], result["images"]["test"]
    chance = 1 / len(result["data"]["categories"])
    right = f"The performer is right on {percent_text(accuracy)} of the test"
    if stats.binom.cdf(round(accuracy * images), images, chance) < 0.01:
        text = (
            f"{right} images, clearly less than the {percent_text(chance, 0)} "
            "of guessing: either its scores stand in another order than the "
            "categories (`--classes`), or it takes one category for another. "
            "What is said of categories here is said of the wrong ones."
        )
    elif accuracy < chance + 0.1:
        text = (
            f"{right} images, hardly more than by guessing: there is little "
            "to explain."
        )
    else:
        return []
    return [Finding("bad", text, decides=True)]


def _accuracy(result: Mapping[str, Any]) -> Iterator[Finding]:
    lost = result["delta_error"]
    cost = (
        f"{number_text(lost, 1)} points are lost"
        if lost >= 0
        else f"{number_text(-lost, 1)} points are won"
    )
    yield Finding(
        worst(
            [
                LIMITS["delta_error"].kind(lost),
                LIMITS["agreement"].kind(result["explainer"]["agreement"]),
            ]
        ),
        "Decided through the explainer, "
        f"{percent_text(result['explainer']['accuracy'])} of the test images "
        "are classified right; the performer itself reaches "
        f"{percent_text(result['performer']['accuracy'])}: {cost}"
        f"{_interval(result)}. The two "
        f"agree on {percent_text(result['explainer']['agreement'])}.",
        decides=True,
    )


def _interval(result: Mapping[str, Any]) -> str:
    if "delta_error_interval" not in result:
        return ""
    low, high = (number_text(end, 1) for end in result["delta_error_interval"])
    return f" (95 % interval over test images of what is lost: {low} to {high})"


def _share(result: Mapping[str, Any]) -> Iterator[Finding]:
    p, found = result["p"], result.get("contributions")
    kind: Kind = "good" if p >= 0.7 else "bad"
    passing = None if found is None else _passing(found)
    if passing is not None:
        yield passing
        # What the score denies is not ticked.
        kind = kind if passing.kind == "good" else worst([kind, "note"])
    yield Finding(
        kind,
        f"p = {number_text(p)}: the part filters carry {percent_text(p, 0)} "
        "of the weight in the rebuilt feature; the rest comes from the "
        "ordinary track, which explains nothing.",
    )


def _passing(found: Mapping[str, Any]) -> Finding:
    """How much of the score hangs on parts: by removal, else by gradient."""
    if "removal" in found:
        share = found["removal"]
        text = (
            f"Without the parts {percent_text(share, 0)} of the class score "
            "is lost; what is left does not hang on the explanation."
        )
    else:
        share = share_through_filters(found)
        text = (
            f"Of the class score itself {percent_text(share, 0)} passes "
            "through the part filters (gradient times activation); where "
            "that is less than p, the decoder leans on the ordinary track."
        )
    return Finding(LIMITS["share"].kind(share), text, decides=True)


def _filters(result: Mapping[str, Any]) -> Iterator[Finding]:
    explained = result["layers"]["interp_2"]
    dead = explained["filters"] - explained["alive"]
    if dead > 0.1 * explained["filters"]:
        yield Finding(
            "bad",
            f"{dead} of {explained['filters']} filters fire on fewer than 1 % "
            "of the test images; they are left out of every mean.",
        )


def _images(result: Mapping[str, Any]) -> Iterator[Finding]:
    count, skipped = result["images"]["test"], result["images"]["skipped"]
    if count < 100:
        yield Finding(
            "note",
            f"There are only {count} test images: small differences mean "
            "little.",
            decides=True,
        )
    if skipped:
        noun = "image" if skipped == 1 else "images"
        yield Finding(
            "note",
            f"{skipped} {noun} left out: unreadable, missing, or of too small "
            "an object.",
        )
