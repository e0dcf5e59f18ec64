"""Filters of explainer and performer side by side, as in Figure 4."""

import functools
import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tf_explainer.atomic_write import atomic_write
from tf_explainer.errors import InputError
from tf_explainer.evaluation.observation_file import load_observation
from tf_explainer.report.pick_images import pick_images
from tf_explainer.steps.job import Job
from tf_explainer.steps.out_folder import OutFolder
from tf_explainer.tables import RunNumbers
from tf_explainer.visualization.filter_gallery import filter_gallery

LAYERS = {"interp_2": "explainer", "top_conv": "top conv-layer"}


def galleries(runs: Sequence[RunNumbers], out: Path) -> list[str]:
    """Draws the galleries of the first seed of each explainer.

    The filters shown are those with the highest skill on `train`, in both
    layers; the images are those that fire them most, half of them, the first
    ones, among those that show the part.

    Args:
        runs: The runs; those without a folder are left out.
        out: Folder for the pictures.

    Returns:
        Lines of Markdown that show them, or say why there is none.

    Source:
        Zhang et al. 2018, Figure 4.
    """
    lines = []
    taken: set[str] = set()
    for run in _firsts(runs):
        job = run.job
        name = f"{job.data}, {job.performer}, {_title(run)}"
        # Categories are the user's, and Markdown's links take few signs.
        stem = re.sub(
            r"[^\w.-]", "-", f"{job.data}-{job.performer}-{_title(run)}"
        )
        # Some file systems know no capitals.
        while stem.casefold() in taken:
            stem += "_"
        taken.add(stem.casefold())
        try:
            paths = _draw(run, out, stem)
        except InputError as error:
            lines.append(f"{name}: no gallery, since {error}")
            continue
        lines += [
            f"![{name}: {LAYERS[layer]}]({path.relative_to(out.parent)})"
            for layer, path in paths.items()
        ]
    if not lines:
        return []
    head = "## Figure 4. Filters and the test images that fire them most"
    told = "Half of each row, the first ones, shows the filter's part."
    return [head, told, *lines]


def _title(run: RunNumbers) -> str:
    return run.job.category if run.job.task == "single" else "several"


def _firsts(runs: Sequence[RunNumbers]) -> list[RunNumbers]:
    """Returns the run with the lowest seed of each kind that can be drawn."""
    kinds: dict[tuple[str, ...], RunNumbers] = {}
    for run in sorted(runs, key=lambda run: (not _seen(run), run.job.seed)):
        job = run.job
        if job.variant == "explainer" and run.folder is not None:
            kind = (job.data, job.performer, job.task, job.category)
            kinds.setdefault(kind, run)
    return [kinds[kind] for kind in sorted(kinds)]


def _seen(run: RunNumbers) -> bool:
    folder = run.folder
    return folder is not None and OutFolder(folder).observation.is_file()


def _draw(run: RunNumbers, out: Path, stem: str) -> dict[str, Path]:
    if run.folder is None or not _seen(run):
        raise InputError(
            "no run of it holds what its filters showed, as after "
            "`pack_grid.py`."
        )
    folder = OutFolder(run.folder)
    job = Job(folder.settings(), folder, Console(quiet=True))
    observation = load_observation(folder.observation)
    paths = {}
    read = functools.partial(pick_images, job.dataset.splits["test"])
    for layer in LAYERS:
        figure = filter_gallery(observation, read, layer)
        paths[layer] = out / f"{stem}-{layer}.png"
        with atomic_write(paths[layer]) as beside:
            figure.savefig(beside, dpi=80)
    return paths
