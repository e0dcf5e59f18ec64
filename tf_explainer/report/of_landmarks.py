"""What the numbers on landmarks say, in a sentence each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tf_explainer.evaluation.metrics.parts import WELL_TOLD
from tf_explainer.evaluation.verdict import Finding, Kind
from tf_explainer.visualization.style import number_text


def landmark_sentences(result: Mapping[str, Any]) -> Iterator[Finding]:
    """Says what skill, instability and missing parts mean.

    Args:
        result: Contents of `result.json`.
    """
    yield from _skill(result)
    yield from _instability(result)
    yield from _parts(result)


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
