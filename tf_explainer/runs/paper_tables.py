"""The paper's tables and galleries from a folder of runs."""

import functools
import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tf_explainer.errors import InputError
from tf_explainer.evaluation.observation import load_observation
from tf_explainer.report.page import pick_images
from tf_explainer.runs.job import Job
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.tables import (
    RunNumbers,
    make_tables,
    paper_numbers,
    read_runs,
)
from tf_explainer.tables.claims import expectations, expectations_text
from tf_explainer.tables.table import table_text
from tf_explainer.visualization.galleries import filter_gallery
from tf_explainer.whole_files import atomic_write

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


_FILES = {"latex": "tables.tex", "csv": "tables.csv"}


def tables(
    runs: Path, out: Path | None = None, like: str = "", pictures: bool = False
) -> str:
    """Writes the tables as Markdown, LaTeX and CSV.

    Args:
        runs: Folder with the runs.
        out: Where to write; the folder with the runs by default.
        like: Data set of the paper to stand beside data sets that the paper
            does not have; empty for none.
        pictures: Whether to draw Figure 4's galleries, which reads images.

    Returns:
        The Markdown.

    Raises:
        InputError: If there are no runs, or the paper has no such data set.
    """
    known = sorted({found.data for found in paper_numbers()})
    if like and like not in known:
        raise InputError(f"`--like` must be one of {known}, received {like!r}.")
    found, place = read_runs(runs), Path(out or runs)
    made = make_tables(found, like or None)
    for form, name in _FILES.items():
        with atomic_write(place / name) as beside:
            beside.write_text(table_text(made, form), encoding="utf-8")
    parts = [
        table_text(made, "markdown"),
        expectations_text(expectations(found)),
        _galleries(found, place) if pictures else "",
    ]
    text = "\n".join(part for part in parts if part)
    with atomic_write(place / "tables.md") as beside:
        beside.write_text(text, encoding="utf-8")
    return text


def _galleries(runs: list[RunNumbers], out: Path) -> str:
    # It imports TensorFlow, for which the numbers need not wait.

    return "\n\n".join([*galleries(runs, out / "galleries"), ""])
