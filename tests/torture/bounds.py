"""Numbers beyond their bounds, endless names, and files without end."""

import dataclasses
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import typer

from tests.torture.calls import called, refusal_fault
from tests.torture.processes import Command, one_line, work_folder
from tests.torture.promise import Budget, Outcome, promise
from tests.torture.run_folders import dots
from tf_explainer.cli import app
from tf_explainer.config.options import option_name, plain_type
from tf_explainer.config.search import TuneSettings
from tf_explainer.config.serving import ServingOptions

_WORDS = ("nan", "1e309", "-1e309", str(2**63), str(-(2**63)), "9" * 5000)
_NO_NUMBERS = ("", "x", "1,5", "0x", "١٢x")
# A bound is no fault where all words are taken: of a name or a path.
_TAKES_WORDS = ("text", "path", "filename", "directory", "file")


class Number(NamedTuple):
    """A number of the command line.

    Attributes:
        command: Its command.
        name: Such as `--epochs`.
        whole: Whether fractions are refused.
        least: What is just refused, at its lower end; None for no such end.
        most: The same at its upper end.
    """

    command: str
    name: str
    whole: bool
    least: float | None
    most: float | None


def _fields() -> dict[str, dataclasses.Field]:
    both = (*dataclasses.fields(TuneSettings), *dataclasses.fields(ServingOptions))
    return {option_name(field.name): field for field in both}


def _beyond(field: dataclasses.Field) -> tuple[Any, Any]:
    """What is just refused below and above."""
    told, step = field.metadata, 1 if plain_type(field) is int else 1e-6
    low, high = told["minimum"], told["maximum"]
    least = told["above"] if low is None else low - step
    most = told["below"] if high is None else high + step
    return least, most


def numbers() -> list[Number]:
    """Every number of every command, from the tree of commands."""
    found, fields = [], _fields()
    for name, command in typer.main.get_command(app._app()).commands.items():
        for parameter in command.params:
            kind, option = parameter.type, parameter.opts[0]
            if kind.name not in ("integer", "float", "integer range"):
                continue
            low, high = getattr(kind, "min", None), getattr(kind, "max", None)
            least = None if low is None else low - 1
            most = None if high is None else high + 1
            if option in fields and low is None and high is None:
                least, most = _beyond(fields[option])
            whole = kind.name != "float"
            found.append(Number(name, option, whole, least, most))
    return found


def _call(command: str, folder: Path) -> list:
    """A command with all that it must be handed, none of which is there."""
    tree = typer.main.get_command(app._app()).commands[command]
    words: list = [command]
    for parameter in tree.params:
        if parameter.required:
            given = folder / f"no_{parameter.name}"
            option = parameter.opts[0]
            words += [option, given] if option[:1] == "-" else [given]
    return words


@promise(
    "bounds of numbers",
    "Every number of the command line has two bounds; what lies beyond is one "
    "line that names the option, and status 2; nothing is made.",
    "Each number of each command, as the tree of commands lists them: just "
    "below, just above, far beyond, not a number, no number; for options of a "
    "run the same in a TOML file.",
    share=0.5,
    quick=True,
)
def bounds_of_numbers(budget: Budget, draw: random.Random) -> Outcome:
    """All of them in any case: they take milliseconds."""
    outcome = Outcome()
    with work_folder() as folder:
        for number in numbers():
            ends = number.least is not None and number.most is not None
            told = f"{number.command} {number.name} has no two bounds"
            outcome.check(ends, told)
            for value in _values(number):
                _refused(outcome, number, str(value), folder)
        outcome.check(not any(folder.glob("no_*")), "something was made")
        _in_toml(outcome, folder)
    return outcome


def _values(number: Number) -> Iterator[Any]:
    yield from (one for one in (number.least, number.most) if one is not None)
    yield from (*_WORDS, *_NO_NUMBERS)
    if number.whole:
        yield "1.5"


def _refused(
    outcome: Outcome, number: Number, value: str, folder: Path
) -> None:
    # Of `-1` the parser would think it an option.
    words = [*_call(number.command, folder), f"{number.name}={value}"]
    status, line = called(words)
    outcome.cases += 1
    shown = [number.command, f"{number.name}={value[:30]}"]
    fault = refusal_fault(shown, status, line)
    if not fault and number.name not in line:
        fault = f"{shown}: it does not name the option: {line[:150]}"
    if len(line) > 1000:
        fault = f"{shown}: a line of {len(line)} characters"
    outcome.check(not fault, fault)


def _in_toml(outcome: Outcome, folder: Path) -> None:
    config = folder / "config.toml"
    for field in dataclasses.fields(TuneSettings):
        if plain_type(field) not in (int, float):
            continue
        for value in (*_beyond(field), "nan", "inf", "-inf", 2**63, "9" * 5000):
            if value is None:
                continue
            config.write_text(f"{field.name} = {value}\n")
            words = ["tune", "--config", config, "--out", folder / "no_out"]
            status, line = called(words)
            outcome.cases += 1
            shown = [f"{field.name} = {str(value)[:30]} in TOML"]
            fault = refusal_fault(shown, status, line)
            outcome.check(not fault, fault)
            outcome.check(len(line) < 1000, f"{shown}: too long a line")


@promise(
    "names and endless files",
    "Names of more than 255 bytes or not in UTF-8, TOML nested 10,000 deep and "
    "numbers of a million digits: one line and status 2, or it works.",
    "Every path and text of every command; configurations and grids; a run "
    "whose folders and images have names that are not UTF-8.",
    share=0.5,
    quick=True,
)
def names_and_endless_files(budget: Budget, draw: random.Random) -> Outcome:
    """What works must end well; a run takes its time, in the long form."""
    outcome = Outcome()
    with work_folder() as folder:
        for name, command in _commands().items():
            for parameter in command.params:
                if parameter.type.name in _TAKES_WORDS:
                    _odd_names(outcome, name, parameter, folder)
        _endless(outcome, folder)
        if budget.seconds > 20:
            _whole_run(outcome, folder)
    return outcome


def _commands() -> dict:
    tree = typer.main.get_command(app._app())
    # Theirs is what they listen to, and they do not end.
    return {k: v for k, v in tree.commands.items() if k not in ("app",)}


def _odd_names(
    outcome: Outcome, name: str, parameter: Any, folder: Path
) -> None:
    bad = os.fsdecode(b"no\xff\xfe")
    for value in ("x" * 300, "x" * 100_000, "x/" * 3000, bad, "\u202e", "\n"):
        words = _call(name, folder)
        option = parameter.opts[0]
        given = str(folder / "none" / value)
        if parameter.type.name == "text":
            given = value
        if option[:1] == "-":
            if option in words:
                words[words.index(option) + 1] = given
            else:
                words += [option, given]
        else:
            place = folder / f"no_{parameter.name}"
            words = [given if word == place else word for word in words]
            if given not in words:
                words.append(given)
        status, line = called(words)
        outcome.cases += 1
        shown = [name, option, ascii(value[:20])]
        if status != 0:
            fault = refusal_fault(shown, status, line)
            outcome.check(not fault, fault)


def _endless(outcome: Outcome, folder: Path) -> None:
    texts = {
        "lists": "epochs = " + "[" * 10_000 + "]" * 10_000,
        "tables": "a = " + "{a=" * 10_000 + "1" + "}" * 10_000,
        "headers": "[" + ".".join("a" * 10_000) + "]\n",
        "digits": "epochs = " + "9" * 10**6,
        "hexadecimal": "epochs = 0x" + "f" * 10**6,
        "exponent": "eta = 1e" + "9" * 10**6,
        "fraction": "eta = 0." + "9" * 10**6,
        "key": "x" * 10**6 + " = 1",
        "text": 'data = "' + "x" * 10**6 + '"',
        "zero": "epochs = 1\n\0",
    }
    for kind, text in texts.items():
        file = folder / "endless.toml"
        file.write_text(text)
        for words in (
            ["run", "--config", file, "--out", folder / "no_out"],
            ["tune", "--config", file, "--out", folder / "no_out"],
            ["experiment", file, "--out", folder / "no_out"],
        ):
            status, line = called(words)
            outcome.cases += 1
            fault = refusal_fault([words[0], kind], status, line)
            outcome.check(not fault, fault)
            outcome.check(
                len(line) < 2000, f"{words[0]} {kind}: too long a line"
            )


def _whole_run(outcome: Outcome, folder: Path) -> None:
    odd = os.fsdecode(b"caf\xe9")
    annotated, classes = dots(folder / odd), folder / f"{odd}.classes"
    for path in (annotated / "images").iterdir():
        place = classes / ("red", "green")[int(path.stem) % 2]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{odd}{path.name}").write_bytes(path.read_bytes())
    for data in (annotated, classes):
        words = ["run", "--data", data, "--out", folder / f"{data.name}.out"]
        words += ["--image-size", 32, "--performer-epochs", 1, "--epochs", 1]
        command = Command(words, folder / "tmp")
        status = command.end()
        outcome.cases += 1
        fault = one_line(command, status) if status else ""
        outcome.check(not fault, f"a name that is no UTF-8: {fault}")
        command.survivors()
