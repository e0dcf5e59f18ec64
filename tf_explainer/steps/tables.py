"""The paper's tables from a folder of runs."""

from pathlib import Path

from tf_explainer.atomic_write import atomic_write
from tf_explainer.errors import InputError
from tf_explainer.tables import make_tables, paper_numbers, read_runs
from tf_explainer.tables.expectations import expectations
from tf_explainer.tables.expectations_text import expectations_text
from tf_explainer.tables.read_runs import RunNumbers
from tf_explainer.tables.table_text import table_text

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
    from tf_explainer.steps.galleries import galleries

    return "\n\n".join([*galleries(runs, out / "galleries"), ""])
