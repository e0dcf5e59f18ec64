"""What the terminal is told of a model file, and of two finished runs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tf_explainer.attachment.inspection import Inspection, inspect_performer
from tf_explainer.errors import InputError
from tf_explainer.evaluation.comparison import compare
from tf_explainer.evaluation.observation import Observation, load_observation
from tf_explainer.performers.model_file import load_model
from tf_explainer.runs.out_folder import OutFolder


def inspect(model: Path, console: Console | None = None) -> None:
    """Prints the layers of a model, its possible cuts and the one to choose.

    Args:
        model: A `.keras` or `.h5` file.
        console: Where to print; standard output by default.

    Raises:
        InputError: If the file holds no model, or one that cannot be looked
            at.
    """
    console = console or Console()
    for line in told(inspect_performer(load_model(model)), model):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def told(inspection: Inspection, model: Path) -> list[str]:
    """Returns the lines to print.

    Args:
        inspection: What was found.
        model: Path of the model file.
    """
    layers = [
        (path, kind, _size(shape)) for path, kind, shape in inspection.layers
    ]
    return [
        f"Layers, for images {_size(inspection.input_shape)}:",
        *_table(layers),
        "",
        *_cuts(inspection),
        *_choice(inspection, model),
    ]


def _cuts(inspection: Inspection) -> list[str]:
    rows = [
        (
            "*" if cut == inspection.chosen else "",
            _size(size),
            cut.target_layer,
            cut.replaced_layer,
            ", ".join(cut.reconstructed_layers),
        )
        for cut, size in inspection.cuts
    ]
    if not rows:
        return []
    return [
        "Where it can be explained, lowest first. The explainer reads the "
        "target layer, makes",
        "object parts of it that stand in for the replaced layer, and from "
        "them rebuilds the",
        "reconstructed layers, which give the class scores.",
        "",
        *_table([("", "map", "target", "replaced", "reconstructed"), *rows]),
        "",
    ]


def _choice(inspection: Inspection, model: Path) -> list[str]:
    cut = inspection.chosen
    if cut is None:
        return [f"None can be chosen: {inspection.reason}"]
    taken = f"* is taken if you name none: {inspection.reason}."
    rows, columns, channels = inspection.input_shape
    if rows != columns or channels != 3:
        return [
            taken,
            "`tf-explainer run` reads square RGB images; from Python, "
            "Explainer.from_performer takes these, too.",
        ]
    return [
        taken,
        "To name it, or another one:",
        f"  tf-explainer run --data DIR --out OUT --performer {model} \\",
        f"    --target-layer {cut.target_layer} \\",
        f"    --replaced-layer {cut.replaced_layer} \\",
        "    --reconstructed-layers " + ",".join(cut.reconstructed_layers),
    ]


def _size(shape: tuple[int | None, ...]) -> str:
    return " × ".join("?" if side is None else str(side) for side in shape)


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  "
        + "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def compare_runs(run_a: Path, run_b: Path) -> dict[str, Any]:
    """Compares what two runs showed on the same test images.

    Args:
        run_a: An `--out` folder with numbers.
        run_b: Another one.

    Returns:
        JSON values, see `tf_explainer.evaluation.comparison`.

    Raises:
        InputError: If a folder holds no evaluated run, or if the two runs do
            not share their test images.
    """
    return compare(_observation("RUN_A", run_a), _observation("RUN_B", run_b))


def print_comparison(
    comparison: dict[str, Any],
    runs: tuple[Path, Path],
    console: Console | None = None,
) -> None:
    """Prints a comparison as a table.

    Args:
        comparison: What `compare_runs` gave.
        runs: The two folders, as they were given.
        console: Where to print; standard output by default.
    """
    console = console or Console()
    for letter, path in zip("AB", runs, strict=True):
        console.print(
            f"{letter}: {path}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    table = Table(box=None)
    titles = ("on the same test images", "A", "B", "B - A", "95 %", "p-value")
    for title in titles:
        table.add_column(title, justify="right" if table.columns else "left")
    for name, row in comparison["paired"].items():
        low, high = row["interval"]
        table.add_row(
            name,
            _number(row["one"]),
            _number(row["other"]),
            f"{row['difference']:+.3f}",
            f"{low:+.3f} to {high:+.3f}",
            f"{row['p_value']:.4f}",
        )
    for name, row in comparison["plain"].items():
        table.add_row(name, _number(row["one"]), _number(row["other"]))
    console.print(table)
    if stability := comparison.get("stability"):
        console.print(
            f"Filters paired by where they fire: {stability['value']:.2f} "
            f"alike (by chance {stability['chance']:.2f}, the same 1).",
            highlight=False,
        )
    console.print(
        "Interval and p-value speak of other test images, not of other seeds.",
        style="dim",
        highlight=False,
    )


def _observation(argument: str, path: Path) -> Observation:
    folder = OutFolder(path)
    if not path.is_dir() or not folder.is_ours():
        raise InputError(
            f"`{argument}` must be the --out folder of a run, received {path}."
        )
    if not folder.observation.is_file():
        raise InputError(
            f"`{argument}` has no numbers yet, received {path}. Run: "
            f"tf-explainer evaluate --out {path}"
        )
    return load_observation(folder.observation)


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"
