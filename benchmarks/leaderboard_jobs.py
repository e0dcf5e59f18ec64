"""Files of jobs, and which of them stand on the leaderboard."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from leaderboard_measures import with_defaults
from leaderboard_table import CONTROLS

from tf_explainer.atomic_write import atomic_write

FACTS = ("data", "name", "seed", "options", "settings")


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

    Args:
        plan: The tables `data` and `configurations`.
        jobs: Of several of one kind the last one counts.
    """
    asked = {CONTROLS: {}}
    for name, table in plan["configurations"].items():
        asked[name] = with_defaults(table)
    kinds = {
        (job["data"], job["name"], job["seed"]): job
        for job in jobs
        if job.get("options") == plan["data"].get(job["data"])
        and job.get("settings") == asked.get(job["name"])
    }
    return [kinds[kind] for kind in sorted(kinds)]


def is_whole(job: Mapping[str, Any], jittered: bool) -> bool:
    """Whether a job holds all that is measured now, not by an older version.

    Args:
        job: With its name and numbers.
        jittered: Whether moved crops are asked for, too.
    """
    numbers = job["numbers"]
    if job["name"] == CONTROLS:
        return "parts" in numbers["rows"]["untrained"]
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
