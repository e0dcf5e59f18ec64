"""What really happens when a part is changed, for the terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

_FILTERS = {
    "silence": (
        "its part removed: weaker than without another part",
        "1; 0.5 is chance",
    ),
    "follow": ("its part moved: the peak goes along", "1; 0 stays"),
    "follow_others": ("another part moved: the peak goes along", "0"),
}
_CLAIMS = {
    "part_filters": "explainer, filters that stand for the part",
    "filters_by_place": "explainer, filters that fire on the part",
    "grad_cam": "Grad-CAM of the performer",
    "integrated_gradients": "integrated gradients of the performer",
    "untrained_filters": "random filters that stand for the part",
    "area": "size of the part",
}
_COLUMNS = {
    "by_image": "parts of\nan image",
    "by_category": "parts of\na category",
    "pasted": "exchanged\nparts",
}


def print_causal(causal: Mapping[str, Any], console: Console) -> None:
    """Prints the causal checks as two tables.

    Args:
        causal: The section `causal` of `result.json`.
        console: Where to print.
    """
    console.print(_of_filters(causal))
    console.print(_of_claims(causal["claims"]))


def _of_filters(causal: Mapping[str, Any]) -> Table:
    table = Table(
        title=f"{causal['filters']} filters stand for a part; "
        f"{causal['cases']} parts of {causal['images']} drawn animals were "
        "changed",
        title_justify="left",
        box=None,
    )
    table.add_column("mean over these filters")
    for title in ("trained", "untrained"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("right", style="dim")
    for name, (words, right) in _FILTERS.items():
        values = (causal.get(name), causal.get(f"{name}_untrained"))
        table.add_row(words, *map(_number, values), right)
    return table


def _of_claims(claims: Mapping[str, Mapping[str, float]]) -> Table:
    table = Table(
        title="Rank correlation of what a part is said to give to the score "
        "and what its loss costs",
        title_justify="left",
        box=None,
    )
    table.add_column("who says it")
    for title in _COLUMNS.values():
        table.add_column(title, justify="right", no_wrap=True)
    for name in _in_order(claims):
        cells = [_number(claims[name].get(column)) for column in _COLUMNS]
        table.add_row(_CLAIMS.get(name, name), *cells)
    return table


def _in_order(claims: Mapping[str, Any]) -> Iterator[str]:
    """Those that are known here, then the further ones."""
    yield from (name for name in _CLAIMS if name in claims)
    yield from sorted(set(claims) - set(_CLAIMS))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
