"""What each number says, in a sentence."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from scipy import stats

from tf_explainer.evaluation.full import share_through_filters
from tf_explainer.evaluation.metrics.parts import WELL_TOLD
from tf_explainer.visualization.style import number_text, percent_text

Kind = Literal["good", "note", "bad"]


@dataclasses.dataclass(frozen=True)
class Finding:
    """One sentence or two of the headline.

    Args:
        kind: `good`, `bad`, or `note` for what is neither.
        text: Plain text.
        decides: Whether the verdict hangs on it.
    """

    kind: Kind
    text: str
    decides: bool = False


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
        *_skill(result),
        *_instability(result),
        *_filters(result),
        *_parts(result),
        *_images(result),
    ]


def _kind(value: float, good: float, bad: float) -> Kind:
    """Good up to the first limit, bad beyond the second."""
    sign = 1 if good > bad else -1
    if sign * value >= sign * good:
        return "good"
    return "note" if sign * value >= sign * bad else "bad"


def _worst(*kinds: Kind) -> Kind:
    return max(kinds, key=("good", "note", "bad").index)


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


def _skill(result: Mapping[str, Any]) -> Iterator[Finding]:
    explained = result["layers"]["interp_2"]
    if "skill" not in explained:
        yield Finding(
            "note",
            "The images carry no landmarks, or no live filter could be "
            "measured on them, so nothing here says whether the filters stand "
            "for parts.",
        )
        return
    skill = explained["skill"]
    low, high = explained["skill_interval"]
    measured = (
        f"mean skill {number_text(skill)}, 95 % interval {number_text(low)} "
        f"to {number_text(high)}"
    )
    if low > 0:
        yield Finding(
            "good",
            "The filters find parts better than a position that never moves "
            f"({measured}; the constant has 0).",
        )
    elif high < 0:
        yield Finding(
            "bad",
            "Skill is below 0: on average the filters are worse at finding a "
            f"part than a position that never moves ({measured}).",
        )
    else:
        yield Finding(
            "bad",
            "The filters cannot be told apart from a position that never "
            f"moves ({measured}).",
        )
    yield from _compared(result, explained)


def _compared(
    result: Mapping[str, Any], explained: Mapping[str, Any]
) -> Iterator[Finding]:
    for name, other in (
        (
            "the same explainer before training",
            result["controls"]["untrained"],
        ),
        ("the performer's own top conv-layer", result["layers"]["top_conv"]),
    ):
        if "skill" not in other:
            continue
        kind, words = _order(
            explained["skill_interval"], other["skill_interval"]
        )
        yield Finding(
            kind,
            f"Their skill {words} that of {name} "
            f"({number_text(other['skill'])}).",
        )


def _order(
    interval: Sequence[float], other: Sequence[float]
) -> tuple[Kind, str]:
    if interval[0] > other[1]:
        return "good", "is above"
    if interval[1] < other[0]:
        return "bad", "is below"
    return "bad", "cannot be told apart from"


def _instability(result: Mapping[str, Any]) -> Iterator[Finding]:
    value = result["layers"]["interp_2"].get("location_instability")
    constants = {
        name: control["location_instability"]
        for name, control in result["controls"].items()
        if name.startswith("constant") and "location_instability" in control
    }
    if value is None or not constants:
        return
    lowest = min(constants.values())
    if lowest <= value:
        yield Finding(
            "bad",
            f"Location instability is {number_text(value, 3)}, but a position "
            f"that never moves gets {number_text(lowest, 3)}, which is lower: "
            "on these images a low value alone does not show parts.",
        )
    else:
        yield Finding(
            "good",
            f"Location instability is {number_text(value, 3)}, below that of "
            f"a position that never moves ({number_text(lowest, 3)}).",
        )


def _accuracy(result: Mapping[str, Any]) -> Iterator[Finding]:
    lost = result["delta_error"]
    cost = (
        f"{number_text(lost, 1)} points are lost"
        if lost >= 0
        else f"{number_text(-lost, 1)} points are won"
    )
    yield Finding(
        _worst(
            _kind(lost, 2, 5),
            _kind(result["explainer"]["agreement"], 0.9, 0.8),
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
        kind = kind if passing.kind == "good" else _worst(kind, "note")
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
    return Finding(_kind(share, 0.7, 0.5), text, decides=True)


def _filters(result: Mapping[str, Any]) -> Iterator[Finding]:
    explained = result["layers"]["interp_2"]
    dead = explained["filters"] - explained["alive"]
    if dead > 0.1 * explained["filters"]:
        yield Finding(
            "bad",
            f"{dead} of {explained['filters']} filters fire on fewer than 1 % "
            "of the test images; they are left out of every mean.",
        )


def _parts(result: Mapping[str, Any]) -> Iterator[Finding]:
    found = result.get("parts", {}).get("found", {})
    missing = [name for name, part in found.items() if not part["filters"]]
    if missing:
        yield Finding(
            "bad",
            f"No filter stands for {len(missing)} of {len(found)} parts: "
            f"{', '.join(missing)}.",
        )
    told = [
        name
        for name in missing
        if found[name].get("chosen_skill", 0) >= WELL_TOLD
    ]
    if told:
        yield Finding(
            "note",
            f"Of these, filters of other parts tell {', '.join(told)} with a "
            f"skill of {WELL_TOLD} or more.",
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
