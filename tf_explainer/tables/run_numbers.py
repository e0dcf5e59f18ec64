"""The numbers of the runs in a folder, and their means over seeds."""

import dataclasses
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tf_explainer.errors import InputError


def mean_interval(values: Sequence[float]) -> tuple[float, float | None]:
    """Returns the mean and half of its 95 % interval.

    The interval is Student's; it speaks of other seeds, and fewer than two
    values have none.

    Args:
        values: One or more numbers.
    """
    mean = sum(values) / len(values)
    if len(values) < 2:
        return mean, None
    # SciPy takes a second to import.
    from scipy import stats

    variance = sum((v - mean) ** 2 for v in values) / (len(values) - 1)
    factor = float(stats.t.ppf(0.975, len(values) - 1))
    return mean, factor * math.sqrt(variance / len(values))


_FEWEST = 4


def rank_correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Returns Spearman's rank correlation, or `None` where it says nothing.

    Args:
        pairs: Two numbers of each run.

    Returns:
        In [-1, 1]; `None` for fewer than four runs, or if one of the numbers
        is always the same.

    Source:
        Spearman 1904.
    """
    ones, others = ([pair[place] for pair in pairs] for place in range(2))
    if len(pairs) < _FEWEST or len(set(ones)) < 2 or len(set(others)) < 2:
        return None
    # SciPy takes a second to import.
    from scipy import stats

    return float(stats.spearmanr(ones, others).statistic)


PLAN = "jobs.json"
FAILED = "failed.txt"
# Name of a layer in `result.json` to the name in the tables.
_LAYERS = {"target": "target_layer", "top_conv": "top_conv"}
# Controls made of the run's own filters: those of a baseline have no masks, or
# another loss.
_OF_EXPLAINER = ("untrained", "shuffled")


@dataclasses.dataclass(frozen=True)
class Job:
    """What a run was to show; two runs that differ in `seed` alone are one.

    Attributes:
        data: Name of the data set.
        task: `single` or `multi`.
        category: Name of the category; `average` for several.
        performer: Name of the network.
        variant: `explainer`, `explainer_cls` or another name.
        seed: Seed of the run.
    """

    data: str
    task: str
    category: str
    performer: str
    variant: str
    seed: int


@dataclasses.dataclass(frozen=True, eq=False)
class RunNumbers:
    """The numbers of one run.

    Attributes:
        job: What it was to show.
        values: (measure, model) to number; `error` and `delta_error` are
            percentage points.
        parts: Name of a part, and `other`, to its number of filters.
        missing: Why there are no numbers; empty if there are.
        shares: Name of a part, `other`, `ordinary` and `bias` to its share
            of the class score.
        folder: Its `--out` folder.
        categories: Names of the categories that its performer tells apart.
    """

    job: Job
    values: dict[tuple[str, str], float]
    parts: dict[str, int]
    missing: str = ""
    shares: dict[str, float] = dataclasses.field(default_factory=dict)
    folder: Path | None = None
    categories: tuple[str, ...] = ()


def read_runs(folder: Path) -> list[RunNumbers]:
    """Returns the numbers of all runs below a folder.

    Where `tf-explainer experiment` wrote its plan, the jobs of the plan are
    listed, also those that have not finished; elsewhere every `result.json`
    is a job that its own settings describe.

    Args:
        folder: A folder of `--out` folders.

    Raises:
        InputError: If there is nothing, a file in it cannot be read, or two
            results are of one job.
    """
    if not folder.is_dir():
        raise InputError(f"`RUNS` must be a folder, received {folder}.")
    plan = folder / PLAN
    if plan.is_file():
        found = [_planned(folder, row) for row in _read(plan)]
    else:
        paths = sorted(folder.rglob("result.json"))
        found = [_numbers(path, None) for path in paths]
        _check_differ(found)
    if not found:
        raise InputError(f"`RUNS` holds no result.json, received {folder}.")
    return found


def _check_differ(runs: list[RunNumbers]) -> None:
    """Refuses numbers of which one would silently stand for another."""
    seen: dict[Job, RunNumbers] = {}
    for run in runs:
        first = seen.setdefault(run.job, run)
        if first is not run:
            told = ", ".join(f"{value}" for value in vars(run.job).values())
            raise InputError(
                f"`RUNS` holds two runs of one kind and seed ({told}): "
                f"{first.folder} and {run.folder}. Move one of them elsewhere."
            )


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error


def _planned(folder: Path, row: dict[str, Any]) -> RunNumbers:
    row = dict(row)
    out = folder / row.pop("folder")
    job = Job(**row)
    failed = out.parent / f"{out.name}.{FAILED}"
    if failed.is_file():
        # Numbers may be there: of other options than the plan now has.
        why = f"failed: {failed.read_text(encoding='utf-8').strip()}"
    elif (out / "result.json").is_file():
        return _numbers(out / "result.json", job)
    else:
        begun = (out / ".tf_explainer").is_dir()
        why = "begun, not finished" if begun else "not run yet"
    return RunNumbers(job, {}, {}, why)


def _numbers(path: Path, job: Job | None) -> RunNumbers:
    result = _read(path)
    try:
        job = job or _describe(result)
        return RunNumbers(
            job,
            _values(result, job.variant),
            _parts(result),
            shares=_shares(result),
            folder=path.parent,
            categories=tuple(result["data"]["categories"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path} lacks {error}; it is of another version."
        ) from error


def _parts(result: dict[str, Any]) -> dict[str, int]:
    if "parts" not in result:
        return {}
    found = result["parts"]["found"]
    counts = {name: part["filters"] for name, part in found.items()}
    return {**counts, "other": result["parts"]["other"]}


def _shares(result: dict[str, Any]) -> dict[str, float]:
    told = dict(result.get("contributions", {}))
    for name in ("images", "removal"):
        told.pop(name, None)
    return {**told.pop("parts", {}), **told}


def _describe(result: dict[str, Any]) -> Job:
    settings, data = result["settings"], result["data"]
    file = settings["performer"]
    name = settings["backbone"] or (Path(file).stem if file else "small_cnn")
    single = data["task"] == "single"
    return Job(
        data=data["name"],
        task=data["task"],
        category=data["categories"][0] if single else "average",
        performer=name,
        variant=settings["variant"],
        seed=result["seed"],
    )


def _is_explainer(result: dict[str, Any]) -> bool:
    # Whatever the plan calls it.
    return result["settings"]["variant"] == "explainer"


def _values(
    result: dict[str, Any], variant: str
) -> dict[tuple[str, str], float]:
    groups = {_LAYERS[k]: result["layers"][k] for k in _LAYERS}
    groups[variant] = result["layers"]["interp_2"]
    groups |= {
        name: control
        for name, control in result["controls"].items()
        if name not in _OF_EXPLAINER or _is_explainer(result)
    }
    values = {
        (measure, model): group[measure]
        for model, group in groups.items()
        for measure in ("location_instability", "skill")
        if group.get(measure) is not None
    }
    values["p", variant] = result["p"]
    values["delta_error", variant] = result["delta_error"]
    for model in ("performer", "explainer"):
        name = variant if model == "explainer" else model
        values["error", name] = 100 * (1 - result[model]["accuracy"])
    return values
