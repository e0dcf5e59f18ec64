"""The paper's tables from a folder of runs."""

from pathlib import Path

from tf_explainer.atomic_write import atomic_write
from tf_explainer.errors import InputError
from tf_explainer.tables import make_tables, paper_numbers, read_runs
from tf_explainer.tables.table_text import table_text

_FILES = {"markdown": "tables.md", "latex": "tables.tex", "csv": "tables.csv"}


def tables(runs: Path, out: Path | None = None, like: str = "") -> str:
    """Writes the tables as Markdown, LaTeX and CSV.

    Args:
        runs: Folder with the runs.
        out: Where to write; the folder with the runs by default.
        like: Data set of the paper to stand beside data sets that the paper
            does not have; empty for none.

    Returns:
        The Markdown.

    Raises:
        InputError: If there are no runs, or the paper has no such data set.
    """
    known = sorted({found.data for found in paper_numbers()})
    if like and like not in known:
        raise InputError(f"`--like` must be one of {known}, received {like!r}.")
    made = make_tables(read_runs(runs), like or None)
    for form, name in _FILES.items():
        with atomic_write(Path(out or runs) / name) as beside:
            beside.write_text(table_text(made, form), encoding="utf-8")
    return table_text(made, "markdown")
