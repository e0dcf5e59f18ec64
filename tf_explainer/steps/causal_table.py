"""What really happens when a part is changed, for the terminal."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from tf_explainer.report.causal_tables import causal_tables


def print_causal(causal: Mapping[str, Any], console: Console) -> None:
    """Prints the causal checks as two tables.

    Args:
        causal: The section `causal` of `result.json`.
        console: Where to print.
    """
    for found in causal_tables(causal):
        table = Table(title=found["title"], title_justify="left", box=None)
        for index, column in enumerate(found["columns"]):
            table.add_column(column, justify="right" if index else "left")
        for row in found["rows"]:
            table.add_row(*row)
        console.print(table)
