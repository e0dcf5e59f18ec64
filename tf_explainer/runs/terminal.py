"""What a run found and where it lies, for the terminal."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from tf_explainer.evaluation.deciding import share_through_filters
from tf_explainer.evaluation.metrics.parts import WELL_TOLD
from tf_explainer.report.by_number import weak_performer
from tf_explainer.report.full_measures import full_tables
from tf_explainer.report.part_measures import part_tables
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.runs.step_order import STEPS


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


@contextlib.contextmanager
def count_bar(
    label: str, total: int | None, console: Console
) -> Iterator[Callable[..., None]]:
    """Shows how many images are done, in a terminal only.

    Args:
        label: What is done to them, in a word or two.
        total: Number of images; `None` if it is not known yet.
        console: Where to show it.

    Yields:
        A function to call with the number of images just done, and the
        number of all if it was not known.
    """
    columns = (
        TextColumn("    {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("images"),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns,
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task(label, total=total)
        yield lambda count, total=total: progress.update(
            task, advance=count, total=total
        )


def _print_verdict(trust: Any, console: Console) -> None:
    """Whether to rely on the explanation, and why or why not."""
    if trust is None:
        return
    console.print(f"Can it be relied on? [bold]{trust['verdict']}[/]")
    for reason in trust["reasons"]:
        mark = "+" if reason["kind"] == "good" else "-"
        console.print(
            f"  {mark} {reason['text']}", highlight=False, markup=False
        )


def print_summary(
    folder: OutFolder,
    steps: Sequence[str],
    console: Console | None = None,
) -> None:
    """Prints the main numbers, if there are any, and the files written.

    Args:
        folder: The `--out` folder.
        steps: Keys of `STEPS` that were asked for.
        console: Where to print; standard output by default.
    """
    console = console or Console()
    if {"evaluate", "report"} & set(steps) and folder.result.is_file():
        result = folder.read_result()
        table = Table(title="What was found", title_justify="left", box=None)
        table.add_column("on the test images", no_wrap=True)
        table.add_column("", justify="right", no_wrap=True)
        table.add_column("", style="dim")
        for row in summary_rows(result):
            # Names of landmarks are the user's: no markup.
            table.add_row(*map(escape, row))
        console.print(table)
        print_tables(part_tables(result), console)
        print_tables(full_tables(result), console)
        for finding in weak_performer(result):
            console.print(f"[yellow]{escape(finding.text)}[/]", highlight=False)
        _print_verdict(result.get("trust"), console)
    console.print("Where it lies")
    for step in steps:
        for name in STEPS[step].leaves:
            path = folder.path / name
            # A step that was left out wrote nothing.
            if not name.startswith(".") and path.exists():
                console.print(
                    f"  {path}",
                    highlight=False,
                    markup=False,
                    soft_wrap=True,
                )


def summary_rows(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Returns `(what, value, note)` for the main numbers of a result.

    Args:
        result: Content of `result.json`.
    """
    rows = [
        (
            "performer's accuracy",
            _percent(result["performer"]["accuracy"]),
            "the CNN that is explained",
        ),
        (
            "explainer's accuracy",
            _percent(result["explainer"]["accuracy"]),
            _cost(result),
        ),
        ("p", f"{result['p']:.2f}", "weight of the parts' track"),
    ]
    if "contributions" in result:
        share = share_through_filters(result["contributions"])
        note = "of the class score; what filters really give to it"
        rows.append(("through the filters", _percent(share), note))
    layers = result["layers"]
    if "skill" in layers["interp_2"]:
        rows.append(_skill_row(layers, result["controls"]))
    found = result.get("parts", {}).get("found", {})
    counts = [
        f"{name} {part['filters']}"
        for name, part in found.items()
        if part["filters"]
    ]
    if found:
        rows.append(
            (
                "parts found",
                f"{len(counts)} of {len(found)}",
                "filters: " + ", ".join(counts) if counts else "",
            )
        )
        told = sum(
            part.get("chosen_skill", 0) >= WELL_TOLD for part in found.values()
        )
        note = f"by some filter, with a skill of {WELL_TOLD} or more"
        rows.append(("parts told well", f"{told} of {len(found)}", note))
    return rows


def _cost(result: dict[str, Any]) -> str:
    cost = f"costs {result['delta_error']:.1f} points"
    if "delta_error_interval" not in result:
        return cost
    low, high = result["delta_error_interval"]
    return f"{cost} (95 %: {low:.1f} to {high:.1f})"


def _skill_row(
    layers: dict[str, Any], controls: dict[str, Any]
) -> tuple[str, str, str]:
    rivals = {
        "untrained": controls["untrained"].get("skill"),
        "performer's top conv": layers["top_conv"].get("skill"),
    }
    told = [f"{k} {v:.2f}" for k, v in rivals.items() if v is not None]
    note = ", ".join(["a constant place 0", *told])
    return "skill of the filters", f"{layers['interp_2']['skill']:.2f}", note


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
