"""From numbers of trust to a verdict, with its reasons in words.

All limits stand here. A number is good up to the first of its two limits,
bad from the second on, and a note between them. The worst reason decides:
`usable` without a note, `with care` with one, `do not rely on it` with a bad
one.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

Kind = Literal["good", "note", "bad"]
VERDICTS: Mapping[Kind, str] = {
    "good": "usable",
    "note": "with care",
    "bad": "do not rely on it",
}


class Limits(NamedTuple):
    """Where a number stops being good, and where it begins to be bad.

    Attributes:
        good: The last good value.
        bad: Beyond it, a value is bad.
    """

    good: float
    bad: float

    def kind(self, value: float) -> Kind:
        """Returns what a value is.

        Args:
            value: The number.
        """
        # What is good may lie above or below.
        sign = 1 if self.good > self.bad else -1
        if sign * value >= sign * self.good:
            return "good"
        return "note" if sign * value >= sign * self.bad else "bad"


LIMITS: Mapping[str, Limits] = {
    "delta_error": Limits(good=2, bad=5),
    "agreement": Limits(good=0.9, bad=0.8),
    "share": Limits(good=0.7, bad=0.5),
    "equivariance": Limits(good=0.5, bad=0.25),
    # Erased in its own target feature, the CNN itself reaches about 0.5 on
    # drawn animals (`benchmarks/results/parts.md`).
    "fidelity": Limits(good=0.4, bad=0.0),
}
# Fewer images than this tell little.
FEW = 50


class Finding(NamedTuple):
    """One sentence or two of the verdict or the headline.

    Attributes:
        kind: `good`, `bad`, or `note` for what is neither.
        text: Plain text.
        decides: Whether a verdict hangs on it.
    """

    kind: Kind
    text: str
    decides: bool = False


def worst(kinds: Iterable[Kind]) -> Kind:
    """Returns the worst of some kinds.

    Args:
        kinds: One or more.
    """
    return max(kinds, key=list(VERDICTS).index)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Returns findings by their kind; of a kind, in their own order.

    Args:
        findings: Any number of them.
    """
    kinds = list(VERDICTS)
    return sorted(findings, key=lambda one: -kinds.index(one.kind))


def judged(numbers: Mapping[str, Any], parts: bool = True) -> dict[str, Any]:
    """Returns a verdict on an explainer, and why.

    Args:
        numbers: What `trust` measured; what is missing could not be.
        parts: Whether the explainer has parts; else nothing is erased or
            moved, and that is a reason to take care.

    Returns:
        `verdict`, one of `VERDICTS`; and `reasons`, a list of `kind` and
        `text`, the worst first.
    """
    reasons = [*_decisions(numbers), *_share(numbers, parts)]
    if parts:
        reasons += [*_moved(numbers), *_erased(numbers)]
    else:
        reasons.append(
            Finding(
                "note",
                "Whether filters give what they are said to give was not "
                "checked: only parts have regions that can be erased.",
            )
        )
    if numbers["images"] < FEW:
        text = f"Only {numbers['images']} images were looked at."
        reasons.append(Finding("note", text))
    return {
        "verdict": VERDICTS[worst(reason.kind for reason in reasons)],
        "reasons": [
            {"kind": reason.kind, "text": reason.text}
            for reason in worst_first(reasons)
        ],
    }


def _decisions(numbers: Mapping[str, Any]) -> Iterator[Finding]:
    agreement = numbers["agreement"]
    yield Finding(
        LIMITS["agreement"].kind(agreement),
        f"The CNN and its explainer decide alike on {100 * agreement:.1f} % "
        f"of {numbers['images']} images.",
    )
    if "delta_error" in numbers:
        lost = numbers["delta_error"]
        told = f"{abs(lost):.1f} points of accuracy are "
        yield Finding(
            LIMITS["delta_error"].kind(lost),
            "Decided through the explainer, "
            f"{told}{'lost' if lost >= 0 else 'won'}.",
        )


def _share(numbers: Mapping[str, Any], parts: bool) -> Iterator[Finding]:
    if "share" not in numbers:
        yield Finding(
            "note",
            "How much of the class score the explanation carries could not "
            "be measured: the scores are not above 0.",
        )
        return
    share = f"{100 * numbers['share']:.0f} % of the class score"
    text = (
        f"Without the parts {share} is lost; what is left does not hang on "
        "the explanation."
        if parts
        else f"{share} passes through the filters; the rest explains nothing."
    )
    yield Finding(LIMITS["share"].kind(numbers["share"]), text)


def _moved(numbers: Mapping[str, Any]) -> Iterator[Finding]:
    if "equivariance" not in numbers:
        yield Finding(
            "note",
            "Whether parts go along with moved images could not be measured: "
            "no part is in enough of the images.",
        )
        return
    found = numbers["equivariance"]
    yield Finding(
        LIMITS["equivariance"].kind(found),
        f"In moved images the parts go along by {found:.2f} (1 exactly, 0 as "
        "a place that never moves).",
    )


def _erased(numbers: Mapping[str, Any]) -> Iterator[Finding]:
    if "fidelity" not in numbers:
        yield Finding(
            "note",
            "Whether parts give what erasing them costs could not be "
            "measured: too few parts are in an image together.",
        )
        return
    found = numbers["fidelity"]
    kinds = {
        name: _beside(numbers, name)
        for name in _CONTROLS
        if f"fidelity_above_{name}" in numbers
    }
    # With no control nothing is beaten.
    beaten = worst(kinds.values()) if kinds else "note"
    named = " and ".join(
        f"{_CONTROLS[name]} ({numbers[f'fidelity_{name}']:.2f})"
        for name, kind in kinds.items()
        if kind == beaten
    )
    beside = (
        f"that is {_MORE[beaten]} {named}" if kinds else "no control has one"
    )
    yield Finding(
        worst([LIMITS["fidelity"].kind(found), beaten]),
        "What parts are said to give and what erasing them in the image "
        f"costs the CNN have a rank correlation of {found:.2f} (1 the same "
        f"order, 0 chance), over {numbers['fidelity_images']} images; "
        f"{beside}.",
    )


# Who knows nothing of this image's score.
_CONTROLS = {
    "area": "the size of each region alone has",
    "chance": "the contributions of another image have",
}
_MORE: Mapping[Kind, str] = {
    "good": "more than",
    "note": "not clearly more than",
    "bad": "no more than",
}


def _beside(numbers: Mapping[str, Any], name: str) -> Kind:
    """Whether contributions tell more than a control."""
    above = numbers[f"fidelity_above_{name}"]
    # Of a single image there is no interval.
    low, _ = numbers.get(f"fidelity_above_{name}_interval", (0, 0))
    if above <= 0:
        return "bad"
    return "good" if low > 0 else "note"
