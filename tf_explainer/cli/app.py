"""Entry point `tf-explainer`."""

import inspect
import sys
from collections.abc import Sequence
from typing import cast

import typer
from rich.markup import escape

from tf_explainer import __version__
from tf_explainer.cli import COMMANDS
from tf_explainer.cli.request import Stopped
from tf_explainer.errors import InputError
from tf_explainer.runs.disk_faults import disk_fault, is_disk_full
from tf_explainer.runs.step_order import STEPS
from tf_explainer.runs.stopping import (
    STOPPED,
    end_stopped,
    stop_on_termination,
    was_interrupted,
)
from tf_explainer.runs.temporary import own_temporary_folder

# Typer's own name for it differs from version to version.
_USAGE_ERROR = cast(type[Exception], typer.BadParameter.__bases__[0])
_INPUT, _LONGEST = 2, 4000
_NOTHING = "stopped; nothing had begun"
_FULL = (
    "the disk is full. Files finished before are whole: free some space, then "
    "give the same command, with --resume where it has that."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status.

    What the user can mend is one line on standard error and status 2; Ctrl-C
    and SIGTERM are 130; any other error is a fault of ours and keeps its
    traceback.

    Args:
        argv: Arguments without the program's name; those of the process by
            default.
    """
    if argv is None:
        stop_on_termination(line=_NOTHING)
    command = typer.main.get_command(_app())
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if argv is None and not {"--help", "--version"} & {*arguments}:
            own_temporary_folder()
        status = command.main(
            arguments, prog_name="tf-explainer", standalone_mode=False
        )
    except (_USAGE_ERROR, InputError) as error:
        return _say(f"error: {_message(error)}", _INPUT)
    except Stopped as stopped:
        return _stop(stopped.line, at_once=argv is None)
    except (Exception, KeyboardInterrupt) as error:
        if was_interrupted(error) or isinstance(error, typer.Abort):
            return _stop(_NOTHING, at_once=argv is None)
        if is_disk_full(error):
            return _say(f"error: {_FULL}", _INPUT)
        if fault := disk_fault(error):
            return _say(f"error: {_message(Exception(fault))}", _INPUT)
        raise
    if status == STOPPED:
        # What Typer makes of Ctrl-C in work that cannot go on.
        return _stop(_NOTHING, at_once=argv is None)
    return status if isinstance(status, int) else 0


def _app() -> typer.Typer:
    app = typer.Typer(
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    app.callback(invoke_without_command=True)(_root)
    for name in sorted(COMMANDS.names(), key=_position):
        panel = "Steps of the run, in order" if name in STEPS else "Commands"
        command = COMMANDS.get(name)
        more = getattr(command, "epilog", None)
        # Else `[app]` would be a style.
        told = escape(inspect.getdoc(command) or "")
        app.command(name, rich_help_panel=panel, epilog=more, help=told)(
            command
        )
    return app


def _root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version."),
) -> None:
    """Explain a Keras CNN by the object parts it looks at.

    Examples:

      tf-explainer run --out runs/demo

      tf-explainer run --data my_animals --out runs/mine
    """
    if version:
        typer.echo(f"tf-explainer {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _position(name: str) -> tuple[int, str]:
    steps = list(STEPS)
    return (steps.index(name) if name in steps else -1, name)


def _message(error: Exception) -> str:
    """Returns the message in one line; what was received may be endless."""
    tell = getattr(error, "format_message", lambda: str(error))
    line = " ".join(tell().split())
    if len(line) <= _LONGEST:
        return line
    return f"{line[: _LONGEST // 2]} … {line[-_LONGEST // 2 :]}"


def _stop(line: str, at_once: bool) -> int:
    if at_once:
        end_stopped(line)
    return _say(line, STOPPED)


def _say(line: str, status: int) -> int:
    print(line, file=sys.stderr)
    return status
