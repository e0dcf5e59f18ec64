"""Prints what can be explained in a model file."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tf_explainer.attachment.inspection import Inspection, inspect_performer
from tf_explainer.performers.model_file import load_model


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
