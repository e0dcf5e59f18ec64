"""What the numbers say, in plain words: the verdict first, then the rest."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from tf_explainer.evaluation.verdict import (
    VERDICTS,
    Finding,
    Kind,
    worst,
    worst_first,
)
from tf_explainer.report.by_number import sentences

_KINDS: Mapping[str, Kind] = {name: kind for kind, name in VERDICTS.items()}


@dataclasses.dataclass(frozen=True)
class Verdict:
    """How far an explanation can be relied on.

    Args:
        verdict: One of the values of `VERDICTS`.
        reasons: Why, the worst first; those that the verdict denies are
            notes.
    """

    verdict: str
    reasons: tuple[Finding, ...]

    @property
    def kind(self) -> Kind:
        """`good`, `note` or `bad`."""
        return _KINDS.get(self.verdict, "note")


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
    kinds: list[Kind] = [one.kind for one in reasons]
    # Skill is of landmarks: where it is bad, parts may still decide.
    if _warns(result):
        kinds.append("note")
    return _told(VERDICTS[worst(["good", *kinds])], reasons)


def _warns(result: Mapping[str, Any]) -> bool:
    return any(one.kind == "bad" for one in sentences(result))


def _told(name: str, reasons: Sequence[Finding]) -> Verdict:
    """Puts the worst first, and ticks nothing that the verdict denies."""
    denied = _KINDS.get(name) == "bad"
    ranked = worst_first(reasons)
    return Verdict(name, tuple(_softened(one, denied) for one in ranked))


def _softened(one: Finding, denied: bool) -> Finding:
    if denied and one.kind == "good":
        return one._replace(kind="note")
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
