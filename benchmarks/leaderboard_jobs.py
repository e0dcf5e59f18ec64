"""Which jobs there are, their files, and which stand on the leaderboard."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from leaderboard_measures import on_data, with_defaults
from leaderboard_table import CONTROLS

from tf_explainer.errors import InputError
from tf_explainer.whole_files import atomic_write

FACTS = ("data", "name", "seed", "options", "settings")


def chosen(known: Mapping[str, Any], wanted: list[str], what: str) -> list[str]:
    """Returns the names asked for, all of them if none are.

    Args:
        known: The table of the plan.
        wanted: Names given on the command line.
        what: The option, for the message.

    Raises:
        InputError: If a name is not in the plan.
    """
    for name in wanted:
        if name not in known:
            every = ", ".join(known)
            raise InputError(
                f"`{what}` must be one of {every}, received {name}."
            )
    return wanted or list(known)


def merged(jobs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the jobs in order, the last one of those with the same facts.

    Args:
        jobs: With all their facts, of any plan.
    """
    kinds = {
        json.dumps([job.get(fact) for fact in FACTS], sort_keys=True): job
        for job in jobs
    }
    return [kinds[kind] for kind in sorted(kinds)]


def of_plan(
    plan: Mapping[str, Any], jobs: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Returns the jobs that the plan asks for, with the settings it has now.

    Explainers of another performer than the controls stand on no line.

    Args:
        plan: The tables `data` and `configurations`.
        jobs: Of several of one kind the last one counts.
    """
    asked = {(data, CONTROLS): {} for data in plan["data"]}
    for data, options in plan["data"].items():
        for name, table in plan["configurations"].items():
            asked[data, name] = with_defaults(on_data(table, options))
    kinds = {
        (job["data"], job["name"], job["seed"]): job
        for job in jobs
        if job.get("options") == plan["data"].get(job["data"])
        and job.get("settings") == asked.get((job["data"], job["name"]))
    }
    return [
        job
        for kind, job in sorted(kinds.items(), key=lambda item: item[0])
        if same_performer(job, kinds.get((kind[0], CONTROLS, kind[2])))
    ]


def same_performer(
    job: Mapping[str, Any], controls: Mapping[str, Any] | None
) -> bool:
    """Whether a job explains the performer that the controls were made of.

    Where a performer was trained anew, on another machine for example, its
    share of right test images is another one.

    Args:
        job: With its numbers.
        controls: Of the same data set and seed; None where there are none.
    """
    if controls is None:
        return True
    one, other = (of["numbers"].get("accuracy", 0.0) for of in (job, controls))
    return bool(math.isclose(one, other, abs_tol=1e-6))


def is_whole(job: Mapping[str, Any], jittered: bool) -> bool:
    """Whether a job holds all that is measured now, not by an older version.

    Args:
        job: With its name and numbers.
        jittered: Whether moved crops are asked for, too.
    """
    numbers = job["numbers"]
    if job["name"] == CONTROLS:
        asked = {"parts", *(["jittered"] if jittered else [])}
        return asked <= set(numbers["rows"]["untrained"])
    asked = {"shuffled_skill", *(["jittered"] if jittered else [])}
    return asked <= set(numbers)


def read_json(path: Path) -> Any:
    """Returns what a JSON file holds.

    Args:
        path: The file.
    """
    return json.loads(path.read_text(encoding="utf-8"))


def kept_jobs(results: Path) -> list[dict[str, Any]]:
    """Returns the jobs of earlier leaderboards.

    Args:
        results: The folder of `leaderboard.json`.
    """
    path = results / "leaderboard.json"
    return read_json(path) if path.is_file() else []


def worked_jobs(work: Path) -> list[dict[str, Any]]:
    """Returns the jobs that were done here.

    Args:
        work: Has one folder for each data set, and in it one for each seed.
    """
    # Those that another process is writing begin with a point.
    return list(map(read_json, sorted(work.glob("*/seed*/[!.]*.json"))))


def write_json(path: Path, values: Any) -> None:
    """Writes a file, or leaves the old one if it is stopped.

    Args:
        path: The file.
        values: What it is to hold.
    """
    text = json.dumps(values, indent=1, allow_nan=False)
    with atomic_write(path) as beside:
        beside.write_text(text + "\n", encoding="utf-8")
