"""A user's own names for the parts of a finished run."""

import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.parts import Part, usual_names
from tf_explainer.export.names import write_names
from tf_explainer.runs.claim import claimed, told_if_read_only
from tf_explainer.runs.explained_run import explained_folder, load_explainer
from tf_explainer.runs.explainer_steps import report
from tf_explainer.runs.job import Job
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.whole_files import atomic_write

_GIVEN = re.compile(r"(\d+)=(.*)", re.DOTALL)


def parts_of_run(run: Path) -> tuple[Part, ...]:
    """Returns the parts of a run's explainer.

    Args:
        run: The `--out` folder of a run.

    Raises:
        InputError: If it has no explainer, or one without parts.
    """
    explainer = load_explainer(explained_folder(run).explainer)
    return _with_parts(explainer, run).parts


def name_parts_of_run(
    run: Path, given: Sequence[str], console: Console | None = None
) -> tuple[Part, ...]:
    """Names parts of a run, in its explainer, report and served model.

    Nothing is measured anew, and no step is to be done again.

    Args:
        run: The `--out` folder of a run.
        given: `NUMBER=NAME`, with the number of a part counted from 1; no
            name gives the part its number back.
        console: Where progress is shown; standard error by default.

    Returns:
        The parts, as they are called now.

    Raises:
        InputError: If there is no such run or part, or a name is not to be
            had; nothing is changed then. Also if the report cannot be
            written again, after all else is.
    """
    folder = explained_folder(run)
    with claimed(run, lambda: explained_folder(run)):
        # With its optimizer, which a file without would lack.
        explainer = load_explainer(folder.explainer, compile=True)
        _with_parts(explainer, run)
        explainer.name_parts(_names(given, explainer.encoder.parts))
        # Before anything is changed: it may be damaged.
        result = folder.read_result() if folder.is_done("evaluate") else None
        with told_if_read_only(run), atomic_write(folder.explainer) as beside:
            explainer.save(beside)
        if folder.is_done("export"):
            write_names(explainer, folder.saved_model)
        if result is not None:
            result["part_names"] = [*explainer.part_names]
            folder.write_json(folder.result, result)
        if folder.is_done("report"):
            _report_again(folder, console or Console(stderr=True))
    return explainer.parts


def _with_parts(explainer: Explainer, run: Path) -> Explainer:
    if not explainer.encoder.parts:
        raise InputError(
            f"`RUN` has no parts to name, received {run}: each filter of its "
            "explainer is one of its own (--preset filters)."
        )
    return explainer


def _names(given: Sequence[str], parts: int) -> dict[int, str]:
    usual = usual_names(parts)
    names: dict[int, str] = {}
    for word in given:
        found = _GIVEN.fullmatch(word)
        if not found:
            raise InputError(
                "`NAMES` must be NUMBER=NAME, such as 3=head, received "
                f"{word!r}."
            )
        number, name = int(found[1]), found[2].strip()
        if not 1 <= number <= parts:
            raise InputError(
                f"`NAMES` must name parts from 1 to {parts}, received {word!r}."
            )
        if number in names:
            raise InputError(
                f"`NAMES` must name part {number} once, received {word!r} "
                "as well."
            )
        if (
            not name.isprintable()
            or name in usual
            and (name != usual[number - 1])
        ):
            raise InputError(
                "`NAMES` must be of letters that can be printed, and not the "
                f"number of another part, received {word!r}."
            )
        names[number] = name or usual[number - 1]
    return names


def _report_again(folder: OutFolder, console: Console) -> None:
    try:
        report(Job(folder.settings(), folder, console))
    except InputError as error:
        raise InputError(
            f"The parts are named, and the report is as it was: {error} When "
            "that is mended: tf-explainer report --overwrite --out "
            f"{folder.path}"
        ) from error
