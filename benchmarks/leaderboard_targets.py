"""What the defaults were to reach, and how far they got."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from leaderboard_table import TOLD, all_numbers, markdown_line, mean_text
from part_areas import part_areas

from tf_explainer.visualization.style import number_text

LARGE = 0.03


class Target(NamedTuple):
    """A bound for the mean over seeds.

    Attributes:
        words: What is measured.
        number: Function of a job's numbers to it; None where unknown.
        bound: What was to be reached.
        least: Whether the bound is a lower one.
        digits: Digits behind the point.
    """

    words: str
    number: Callable[[Mapping[str, Any]], float | None]
    bound: float
    least: bool = True
    digits: int = 2


def _of(name: str) -> Callable[[Mapping[str, Any]], float | None]:
    return lambda numbers: numbers.get(name)


def _best(part: str) -> Callable[[Mapping[str, Any]], float | None]:
    return lambda numbers: (
        numbers.get("parts", {})
        .get("found", {})
        .get(part, {})
        .get("chosen_skill")
    )


def _legs(numbers: Mapping[str, Any]) -> float:
    found = numbers["parts"]["found"].get("legs", {"filters": 0})
    return float(found["filters"] / max(numbers["alive"], 1))


def _kept(
    skill: Callable[[Mapping[str, Any]], float | None],
) -> Callable[[Mapping[str, Any]], float | None]:
    """Share of a skill that is kept on moved crops."""

    def kept(numbers: Mapping[str, Any]) -> float | None:
        here, moved = skill(numbers), skill(numbers.get("jittered", {}))
        # Of what is no better than a constant place there is no share to keep.
        unknown = here is None or moved is None or here <= 0
        return None if unknown else moved / here

    return kept


@functools.cache
def _large_parts() -> tuple[str, ...]:
    return tuple(name for name, area in part_areas().items() if area >= LARGE)


def _large_told(numbers: Mapping[str, Any]) -> float:
    """Share of the drawn animals' large parts that some filter tells."""
    found = numbers["parts"]["found"]
    told = [
        found.get(name, {}).get("chosen_skill", 0.0) >= TOLD
        for name in _large_parts()
    ]
    return sum(told) / len(told)


_ALWAYS = (
    Target("Δ error, points", _of("delta_error"), 1.0, least=False, digits=1),
    Target("p", _of("p"), 0.9),
)
_ANIMALS = (
    Target(
        "share of the live filters with skill ≥ 0.35", _of("share_good"), 0.5
    ),
    Target("mean skill", _of("skill"), 0.35),
    Target(
        "the same on moved crops, relative to it", _kept(_of("skill")), 0.75
    ),
    Target("skill of the best filter for heads", _best("head"), 0.65),
    Target(
        "the same on moved crops, relative to it", _kept(_best("head")), 0.75
    ),
    Target("skill of the best filter for front legs", _best("legs"), 0.2),
    Target("share of the live filters on legs", _legs, 0.1),
    *_ALWAYS,
)
TARGETS = {
    "drawn_animals": (
        Target("mean skill", _of("skill"), 0.8),
        Target(
            "share of the parts with 3 % of the animal or more that are told "
            "with skill ≥ 0.6",
            _large_told,
            1.0,
        ),
        Target(
            "largest share of the live filters on one part",
            _of("largest_share"),
            0.5,
            least=False,
        ),
        *_ALWAYS,
    ),
    "animal_parts": _ANIMALS,
    "animal_parts_kept_out": _ANIMALS,
}


# Of the runs that `causal_numbers.py` gathered.
_CAUSAL = (
    Target("a filter is weaker without its part (AUC)", _of("silence"), 0.95),
    Target(
        "rank correlation of the filters' contributions",
        lambda causal: causal["claims"]["part_filters"]["by_image"],
        0.8,
    ),
)


def targets_text(
    jobs: Sequence[Mapping[str, Any]],
    configuration: str = "filters",
    causal: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Returns a section of the page: targets, and what was reached.

    Args:
        jobs: `data`, `name` and `numbers` of each job.
        configuration: Whose numbers are held against the targets.
        causal: Causal checks of runs with the defaults on drawn animals.
    """
    lines = [
        "## Targets",
        "",
        f"What `{configuration}` were to reach, set before the search:",
        "",
        "| data | measure | target | reached |",
        "| --- | --- | ---: | ---: |",
    ]
    for data, targets in TARGETS.items():
        runs = [
            all_numbers(job["numbers"])
            for job in jobs
            if (job["data"], job["name"]) == (data, configuration)
        ]
        lines += [_line(data, target, runs) for target in targets if runs]
    drawn = "drawn_animals, causal checks"
    lines += [_line(drawn, target, causal) for target in _CAUSAL if causal]
    return "\n".join([*lines, ""])


def _line(data: str, target: Target, runs: Sequence[Mapping[str, Any]]) -> str:
    values = [target.number(run) for run in runs]
    known = [value for value in values if value is not None]
    sign = 1 if target.least else -1
    mean = sum(known) / len(known) if known else None
    reached = mean is not None and sign * mean >= sign * target.bound
    told = mean_text(values, target.digits)
    missed = "not measured" if mean is None else f"{told}, not reached"
    bound = number_text(float(target.bound), target.digits)
    cells = (
        data,
        target.words,
        f"{'≥' if target.least else '≤'} {bound}",
        f"**{told}**" if reached else missed,
    )
    return markdown_line(cells)
