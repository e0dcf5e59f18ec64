"""Whether runs come out as the paper's did."""

import dataclasses
from collections.abc import Sequence

from tf_explainer.tables.run_numbers import RunNumbers

_P, _POINTS = 0.8, 1.0


@dataclasses.dataclass(frozen=True)
class Expectation:
    """One claim of the paper, or one of ours, checked on runs.

    Attributes:
        data: Name of the data set.
        performer: Name of the network.
        claim: The claim in words.
        held: Numbers of the cases in which it holds, told in words.
        broken: The same of those in which it does not.
    """

    data: str
    performer: str
    claim: str
    held: tuple[str, ...]
    broken: tuple[str, ...]


def expectations(runs: Sequence[RunNumbers]) -> list[Expectation]:
    """Returns the claims that the runs can speak to.

    A case is a category of the task `single`, or several categories together;
    its numbers are means over the seeds.

    Args:
        runs: The runs.

    Source:
        Zhang et al. 2018, section 4.1: location instability of the explainer
        below the performer's in all comparisons; p of 80 % and more for VGG
        networks (Tables 2 and 4 have 0.58 to 0.75 for AlexNet); Table 3:
        Δ errors of at most about a point with several categories, and less
        with the classification loss.
    """
    kinds = dict.fromkeys((run.job.data, run.job.performer) for run in runs)
    found = []
    for data, performer in kinds:
        mine = [
            run
            for run in runs
            if (run.job.data, run.job.performer) == (data, performer)
        ]
        for claim, cases in _claims(mine, performer).items():
            held = tuple(told for told, holds in cases if holds)
            broken = tuple(told for told, holds in cases if not holds)
            if cases:
                found.append(Expectation(data, performer, claim, held, broken))
    return found


Cases = list[tuple[str, bool]]
Means = dict[tuple[str, str], float]


def _claims(runs: list[RunNumbers], performer: str) -> dict[str, Cases]:
    names = dict.fromkeys((run.job.task, run.job.category) for run in runs)
    cases = {_name(*name): _means(runs, *name) for name in names}
    several = {k: v for k, v in cases.items() if k == "several categories"}
    layers = {"target_layer": "target layer", "top_conv": "top conv-layer"}
    return {
        **{
            f"location instability below that of the {name}": _below(
                cases, "location_instability", "explainer", layer, 3
            )
            for layer, name in layers.items()
        },
        **_large_p(cases, performer),
        "Δ error of at most 1 point with several categories": _bound(
            several, "delta_error", _POINTS, -1
        ),
        "Δ error of Explainer+cls below the explainer's": _below(
            cases, "delta_error", "explainer_cls", "explainer", 2
        ),
    }


def _large_p(cases: dict[str, Means], performer: str) -> dict[str, Cases]:
    """The paper has it for VGG, and not for AlexNet; for others it is ours."""
    if performer.startswith("alexnet"):
        return {}
    whose = "" if performer.startswith("vgg") else "ours: "
    return {f"{whose}p of {_P} or more": _bound(cases, "p", _P, 1)}


def _name(task: str, category: str) -> str:
    return category if task == "single" else "several categories"


def _means(runs: list[RunNumbers], task: str, category: str) -> Means:
    found: dict[tuple[str, str], dict[int, float]] = {}
    for run in runs:
        if (run.job.task, run.job.category) == (task, category):
            for line, value in run.values.items():
                # As in the tables, baselines are those of the first variant.
                found.setdefault(line, {}).setdefault(run.job.seed, value)
    return {k: sum(v.values()) / len(v) for k, v in found.items()}


def _below(
    cases: dict[str, Means], measure: str, low: str, high: str, digits: int
) -> Cases:
    return [
        (
            f"{name} ({_text(means[measure, low], digits)} beside "
            f"{_text(means[measure, high], digits)})",
            means[measure, low] < means[measure, high],
        )
        for name, means in cases.items()
        if {(measure, low), (measure, high)} <= set(means)
    ]


def _bound(
    cases: dict[str, Means], measure: str, bound: float, sign: int
) -> Cases:
    line = (measure, "explainer")
    return [
        (
            f"{name} ({_text(means[line], 2)})",
            sign * means[line] >= sign * bound,
        )
        for name, means in cases.items()
        if line in means
    ]


def _text(number: float, digits: int) -> str:
    return f"{number:z.{digits}f}".replace("-", "−")


def expectations_text(found: Sequence[Expectation]) -> str:
    """Returns a section of Markdown; empty if there is nothing to tell.

    Args:
        found: The claims.
    """
    if not found:
        return ""
    lines = ["## Expected as in the paper", ""]
    for one in found:
        total = len(one.held) + len(one.broken)
        where = f"{one.data}, {one.performer}"
        told = f"- {where}: {one.claim}: {len(one.held)} of {total}"
        lines.append(f"{told} – {', '.join(one.held)}" if one.held else told)
        if one.broken:
            lines.append(f"  - **not so**: {', '.join(one.broken)}")
    return "\n".join(lines) + "\n"
