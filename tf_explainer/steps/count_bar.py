"""A progress bar for work on a known number of images."""

import contextlib
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)


@contextlib.contextmanager
def count_bar(
    label: str, total: int, console: Console
) -> Iterator[Callable[[int], None]]:
    """Shows how many images are done, in a terminal only.

    Args:
        label: What is done to them, in a word or two.
        total: Number of images.
        console: Where to show it.

    Yields:
        A function to call with the number of images just done.
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
        yield lambda count: progress.advance(task, count)
