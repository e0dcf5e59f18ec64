"""What the numbers say, in plain words: the verdict first, then the rest."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from tf_explainer.evaluation.verdict import Kind
from tf_explainer.report.by_number import sentences
from tf_explainer.report.finding import Finding

VERDICTS: Mapping[str, Kind] = {
    "usable": "good",
    "with care": "note",
    "do not rely on it": "bad",
}
"""Verdict → what it says of the explanation."""


@dataclasses.dataclass(frozen=True)
class Verdict:
    """How far an explanation can be relied on.

    Args:
        verdict: One of `VERDICTS`.
        reasons: Why, the worst first; those that the verdict denies are
            notes.
    """

    verdict: str
    reasons: tuple[Finding, ...]

    @property
    def kind(self) -> Kind:
        """`good`, `note` or `bad`."""
        return VERDICTS.get(self.verdict, "note")


def verdict(result: Mapping[str, Any]) -> Verdict:
    """Reads the section `trust` of a result, or judges where there is none.

    Args:
        result: Contents of `result.json`.
    """
    if "trust" in result:
        trust = result["trust"]
        given = [Finding(**reason) for reason in trust["reasons"]]
        return _told(trust["verdict"], given)
    reasons = [one for one in sentences(result) if one.decides]
    kinds = {one.kind for one in reasons}
    names = {kind: name for name, kind in VERDICTS.items()}
    worst: Kind = "bad" if "bad" in kinds else "good"
    # Skill is of landmarks: where it is bad, parts may still decide.
    if worst == "good" and ("note" in kinds or _warns(result)):
        worst = "note"
    return _told(names[worst], reasons)


def _warns(result: Mapping[str, Any]) -> bool:
    return any(one.kind == "bad" for one in sentences(result))


def _told(name: str, reasons: Sequence[Finding]) -> Verdict:
    """Puts the worst first, and ticks nothing that the verdict denies."""
    denied = VERDICTS.get(name) == "bad"
    order = ("bad", "note", "good")
    ranked = sorted(reasons, key=lambda one: order.index(one.kind))
    return Verdict(name, tuple(_softened(one, denied) for one in ranked))


def _softened(one: Finding, denied: bool) -> Finding:
    if denied and one.kind == "good":
        return dataclasses.replace(one, kind="note")
    return one


def findings(result: Mapping[str, Any]) -> list[Finding]:
    """Reads a result as a careful colleague would.

    Args:
        result: Contents of `result.json`.

    Returns:
        Sentences, most important first. None of them is good where the
        verdict is not to rely on the explanation.
    """
    denied = verdict(result).kind == "bad"
    return [_softened(one, denied) for one in sentences(result)]
