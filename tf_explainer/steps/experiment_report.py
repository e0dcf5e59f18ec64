"""What a grid would do, needs and takes."""

from collections import Counter
from pathlib import Path

from tf_explainer.steps.experiment import Experiment
from tf_explainer.steps.experiment_plan import PlannedRun
from tf_explainer.steps.out_folder import OutFolder

_PATHS = ("performer", "weights", "negatives")


def experiment_report(experiment: Experiment) -> list[str]:
    """Returns the lines that `--dry-run` prints.

    Args:
        experiment: The grid and its folder.
    """
    plan = experiment.plan
    states = {run: experiment.state(run) for run in plan.runs}
    counts = Counter(states.values())
    told = ", ".join(f"{count} {state}" for state, count in counts.items())
    lines = [plan.title, f"{len(states)} runs: {told}"]
    lines += [f"  {states[run]:6} {run.folder}" for run in states]
    lines += ["needs by hand:", *(f"  {need}" for need in plan.needs)]
    for path, is_there in sorted(_files(plan.runs).items()):
        lines.append(f"  {'there  ' if is_there else 'missing'} {path}")
    left = [run for run in states if states[run] != "done"]
    return [*lines, _time(experiment, left)]


def _files(runs: tuple[PlannedRun, ...]) -> dict[Path, bool]:
    found = {}
    for run in runs:
        paths = [run.options.get(name) for name in _PATHS]
        paths.append((run.options.get("data_option") or {}).get("manual_dir"))
        data = run.options.get("data")
        paths.append(data if data and "/" in str(data) else None)
        for path in paths:
            if path is not None and str(path) != "imagenet":
                place = Path(path).expanduser()
                found[place] = place.exists()
    return found


def _time(experiment: Experiment, left: list[PlannedRun]) -> str:
    """Returns how long the rest takes, from the runs that are done."""
    measured: dict[str, list[float]] = {}
    for run in experiment.plan.runs:
        if experiment.state(run) == "done":
            seconds = OutFolder(experiment.out / run.folder).seconds()
            measured.setdefault(run.performer, []).append(sum(seconds.values()))
    known = [run for run in left if run.performer in measured]
    if not left:
        return "time: nothing is left to do"
    if not known:
        return (
            "time: not known before one run is done; measure one with "
            f"--only {left[0].folder}"
        )
    total = sum(
        sum(measured[run.performer]) / len(measured[run.performer])
        for run in known
    )
    count = sum(map(len, measured.values()))
    more = len(left) - len(known)
    rest = f", and {more} runs of networks not measured yet" if more else ""
    return (
        f"time: {total / 3600:.1f} hours on this machine, one run at a time "
        f"(by {count} that are done){rest}"
    )
