"""Opens the `--out` folder, or says why it must not be touched."""

import contextlib
import dataclasses
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from tf_explainer.config.options import option_name
from tf_explainer.config.settings import Settings, changed_settings
from tf_explainer.errors import InputError
from tf_explainer.runs.claim import claimed, told_if_read_only
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.runs.step_order import STEPS, steps_after


def check_out(
    out: Path, ours: bool, resume: bool = False, overwrite: bool = False
) -> None:
    """Refuses a place that must not be written to.

    Args:
        out: The folder; it need not exist.
        ours: Whether tf-explainer made it.
        resume: Whether to go on with what it holds.
        overwrite: Whether to begin anew.

    Raises:
        InputError: If both flags are set, or the place is a file or holds
            files of somebody else.
    """
    if resume and overwrite:
        raise InputError(
            "`--resume` goes on and `--overwrite` begins anew; received both."
        )
    if Path(out).is_file():
        raise InputError(f"`--out` must be a folder, received the file {out}.")
    if not ours and not OutFolder(out).is_free():
        raise InputError(
            f"`--out` holds files that tf-explainer did not write, received "
            f"{out}. Choose another folder."
        )


@contextlib.contextmanager
def open_folder(
    out: Path,
    steps: Collection[str],
    options: Mapping[str, Any],
    *,
    may_change: Collection[str] = (),
    resume: bool = False,
    overwrite: bool = False,
) -> Iterator[tuple[OutFolder, Settings]]:
    """Opens the folder for the steps asked for.

    Work that begins with the first step makes a new folder; other work goes on
    in a folder that holds the steps before it. With `overwrite`, files that
    tf-explainer wrote are set aside, see `OutFolder.set_aside`. No other
    process can open the folder while the block runs.

    Args:
        out: The folder.
        steps: Keys of `STEPS` to do, in order.
        options: Field of `Settings` to value, as the user gave them.
        may_change: Fields that may differ from the stored settings where
            work goes on in a folder.
        resume: Whether to go on where an earlier attempt stopped.
        overwrite: Whether to do the steps anew.

    Yields:
        The folder, ready for the steps, and the settings, stored there.

    Raises:
        InputError: If the folder holds other files, or a run and neither
            flag is set; if another process works in it; if a step before is
            missing; or if the options do not agree with the stored ones.
    """
    folder = OutFolder(out)
    begins = list(steps) == list(STEPS)[: len(steps)]

    def look() -> tuple[Settings, list[str]]:
        check_out(out, folder.is_ours(), resume, overwrite)
        if begins:
            return _begin(folder, options, resume, overwrite)
        return _go_on(folder, steps, options, may_change, resume, overwrite)

    with claimed(out, look) as (settings, stale):
        with told_if_read_only(out):
            try:
                if stale:
                    folder.set_aside(stale)
                folder.store_settings(settings)
            except OSError:
                folder.replaced.put_back()
                raise
        yield folder, settings


def _begin(
    folder: OutFolder,
    options: Mapping[str, Any],
    resume: bool,
    overwrite: bool,
) -> tuple[Settings, list[str]]:
    """The settings, and the steps that are to be set aside."""
    if not folder.has_work():
        # New, or an attempt that ended before it did anything.
        begun = resume and folder.is_ours()
        start = folder.settings() if begun else Settings()
        return start.with_options(options), []
    if resume:
        stored = folder.settings()
        settings = stored.with_options(options)
        _refuse_changes(folder, stored, settings, _still_open(folder))
        return settings, []
    if not overwrite:
        raise InputError(
            f"`--out` holds an earlier run, received {folder.path}. Add "
            "--resume to go on with it or --overwrite to replace it."
        )
    return Settings().with_options(options), list(STEPS)


def _go_on(
    folder: OutFolder,
    steps: Collection[str],
    options: Mapping[str, Any],
    may_change: Collection[str],
    resume: bool,
    overwrite: bool,
) -> tuple[Settings, list[str]]:
    """The settings, and the steps that are to be set aside."""
    for step in steps:
        _check_step(folder, step, resume, overwrite)
    # Damage is told before anything is set aside.
    folder.seconds()
    for step in STEPS:
        if folder.is_done(step):
            folder.record(step)
    stored = folder.settings()
    settings = stored.with_options(options)
    allowed = () if resume else may_change
    _refuse_changes(folder, stored, settings, allowed)
    if resume:
        return settings, []
    return settings, [
        stale for step in steps for stale in (step, *steps_after(step))
    ]


def _check_step(
    folder: OutFolder, step: str, resume: bool, overwrite: bool
) -> None:
    for needed in STEPS[step].needs:
        if folder.is_free() or not folder.is_done(needed):
            raise InputError(
                f"`--out` lacks the step before, received {folder.path}. "
                f"Run: tf-explainer {needed} --out {folder.path}"
            )
    if resume or overwrite:
        return
    if folder.is_done(step) or folder.is_begun(step):
        state = "done" if folder.is_done(step) else "begun"
        raise InputError(
            f"`--out` has the step {step} {state} already, received "
            f"{folder.path}. Add --resume to go on or --overwrite to do it "
            "anew."
        )


def _still_open(folder: OutFolder) -> list[str]:
    """Names the fields that no step done or begun has used yet."""
    users = {"data": "performer", "performer": "performer"}
    users |= {"explainer": "explain", "measures": "evaluate"}
    return [
        field.name
        for field in dataclasses.fields(Settings)
        if (step := users.get(field.metadata["group"]))
        and not folder.is_done(step)
        and not folder.is_begun(step)
    ]


def _refuse_changes(
    folder: OutFolder,
    stored: Settings,
    settings: Settings,
    allowed: Collection[str],
) -> None:
    changes = [
        f"{option_name(name)} was {old}, received {new}"
        for name, (old, new) in changed_settings(stored, settings).items()
        if name not in allowed
    ]
    if changes:
        raise InputError(
            f"The run in {folder.path} has other settings: "
            f"{'; '.join(changes)}. Leave these options out, or take another "
            "--out."
        )
