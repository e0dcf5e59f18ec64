"""Tables of texts, for the terminal."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table


def print_tables(tables: Iterable[Mapping[str, Any]], console: Console) -> None:
    """Prints tables as `report.full_tables` lays them out.

    Args:
        tables: Each with a `title`, `columns` and `rows` of texts.
        console: Where to print.
    """
    for found in tables:
        title = escape(found["title"])
        table = Table(title=title, title_justify="left", box=None)
        for index, column in enumerate(found["columns"]):
            table.add_column(column, justify="right" if index else "left")
        for row in found["rows"]:
            # Names of claims and landmarks are the user's: no markup.
            table.add_row(*map(escape, row))
        console.print(table)
