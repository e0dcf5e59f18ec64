"""Numbers beyond their bounds, endless names, and files without end."""

import dataclasses
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.torture.calls import called, refusal_fault
from tests.torture.command_tree import (
    Number,
    beyond,
    call_of,
    commands,
    kind_of,
    numbers,
)
from tests.torture.processes import Command, one_line, work_folder
from tests.torture.promise import Budget, Outcome, promise
from tests.torture.run_folders import dots
from tf_explainer.config.options import plain_type
from tf_explainer.config.search import TuneSettings

_WORDS = ("nan", "1e309", "-1e309", str(2**63), str(-(2**63)), "9" * 5000)
_NO_NUMBERS = ("", "x", "1,5", "0x", "١٢x")


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
    words = [*call_of(number.command, folder), f"{number.name}={value}"]
    status, line = called(words)
    outcome.cases += 1
    shown = [number.command, f"{number.name}={value[:30]}"]
    fault = refusal_fault(shown, status, line)
    if not fault and number.name not in line:
        fault = f"{shown}: it does not name the option: {line[:150]}"
    if len(line) > 5000:
        fault = f"{shown}: a line of {len(line)} characters"
    outcome.check(not fault, fault)


def _in_toml(outcome: Outcome, folder: Path) -> None:
    config = folder / "config.toml"
    for field in dataclasses.fields(TuneSettings):
        if plain_type(field) not in (int, float):
            continue
        for value in (*beyond(field), "nan", "inf", "-inf", 2**63, "9" * 5000):
            if value is None:
                continue
            config.write_text(f"{field.name} = {value}\n")
            words = ["tune", "--config", config, "--out", folder / "no_out"]
            status, line = called(words)
            outcome.cases += 1
            shown = [f"{field.name} = {str(value)[:30]} in TOML"]
            fault = refusal_fault(shown, status, line)
            outcome.check(not fault, fault)
            outcome.check(len(line) < 5000, f"{shown}: too long a line")


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
        for name, command in commands().items():
            for parameter in command.params:
                # A worker waits for its chief.
                waits = parameter.opts[0] in ("--worker", "--chief")
                if kind_of(parameter) in (str, Path) and not waits:
                    _odd_names(outcome, name, parameter, folder)
        _endless(outcome, folder)
        if budget.seconds > 20:
            _whole_run(outcome, folder)
    return outcome


def _options(name: str) -> set[str]:
    return {one.opts[0] for one in commands()[name].params}


def _odd_names(
    outcome: Outcome, name: str, parameter: Any, folder: Path
) -> None:
    bad = os.fsdecode(b"no\xff\xfe")
    for value in ("x" * 300, "x" * 100_000, "x/" * 3000, bad, "\u202e", "\n"):
        words = call_of(name, folder)
        if "--data" in _options(name):
            # Else it would begin.
            words += ["--data", folder / "no_data"]
        option = parameter.opts[0]
        given = str(folder / "none" / value)
        if kind_of(parameter) is str:
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
        "hexadecimal fraction": "eta = 0x" + "f" * 10**6,
        "hexadecimal text": "data = 0x" + "f" * 10**6,
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
            ["run", "--config", file, *_nowhere(folder)],
            ["tune", "--config", file, *_nowhere(folder)],
            ["experiment", file, "--out", folder / "no_out"],
        ):
            status, line = called(words)
            outcome.cases += 1
            fault = refusal_fault([words[0], kind], status, line)
            outcome.check(not fault, fault)
            short = len(line) < 5000
            outcome.check(short, f"{words[0]} {kind}: too long a line")


def _nowhere(folder: Path) -> list:
    # Some are fine, and it would begin.
    return ["--out", folder / "no_out", "--data", folder / "no_data"]


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
