"""The command line within this process, and what it said."""

import contextlib
import io
import traceback
import warnings
from pathlib import Path
from unittest import mock

import typer

from tf_explainer.cli import app

# To make it anew for each call would take most of the time.
TREE = typer.main.get_command(app._app())


def called(words: list) -> tuple[int, str]:
    """Calls a command.

    Returns:
        Its status, and the last line of standard error; -1 and the error
        where it would have ended in a traceback.
    """
    said = io.StringIO()
    silent = contextlib.redirect_stdout(io.StringIO())
    with silent, contextlib.redirect_stderr(said), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with mock.patch.object(typer.main, "get_command", lambda _: TREE):
                status = app.main([str(word) for word in words])
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(where.filename).name}:{where.lineno}"
            return -1, f"{type(error).__name__} at {place}: {error}"
    lines = said.getvalue().strip().splitlines()
    return status, lines[-1] if lines else ""


def refusal_fault(words: list, status: int, line: str) -> str:
    """Says what is wrong with a refusal; empty if it is as promised."""
    named = " ".join(str(word)[:60] for word in words)[:200]
    if status == -1:
        return f"{named}: a traceback, {line}"
    if status != 2:
        return f"{named}: status {status}, {line}"
    return "" if line.startswith("error: ") else f"{named}: it says {line}"
