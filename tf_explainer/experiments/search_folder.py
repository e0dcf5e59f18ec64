"""The `--out` folder of a search."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tf_explainer.config.options import option_name
from tf_explainer.config.search import OF_ONE_CALL, TuneSettings
from tf_explainer.errors import InputError
from tf_explainer.runs.claim import Replaced, claimed, told_if_read_only
from tf_explainer.runs.opening import check_out
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.whole_files import atomic_write

# A search may go on with more of them.
_MAY_CHANGE = ("trials", "hyperband_iterations")


class TuneFolder:
    """Names the files of a search.

    What is not for the user lies in `.tf_explainer/search/`: the options,
    whose file marks the folder as ours, the performer, the state of the
    search, and what its processes share.

    Args:
        path: The folder; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self.best = self.path / "best.toml"
        self.table = self.path / "trials.csv"
        self.chart = self.path / "pareto.png"
        self.tensorboard = self.path / "tensorboard"
        hidden = self.path / ".tf_explainer" / "search"
        self.performer = OutFolder(hidden / "performer")
        self.state = hidden / "state"
        self.features = hidden / "features"
        self.workers = hidden / "workers"
        self.chief = hidden / "chief.json"
        self.replaced = Replaced(self.path)
        self._options = hidden / "options.json"

    @property
    def results(self) -> tuple[Path, ...]:
        """What a search leaves for the user."""
        return self.best, self.table, self.chart, self.tensorboard

    def is_ours(self) -> bool:
        """Whether a search made this folder."""
        return self._options.is_file()

    def has_work(self) -> bool:
        """Whether anything would be lost if the search began anew."""
        return self.is_ours() and self.performer.has_work()

    def options(self) -> dict[str, Any]:
        """Returns the options that the search was begun with, checked."""
        return _checked(json.loads(self._options.read_text(encoding="utf-8")))

    def store(self, options: Mapping[str, Any]) -> None:
        """Stores the options, which makes the folder ours.

        Args:
            options: Field of `TuneSettings` to value.
        """
        text = json.dumps(options, indent=2, default=str)
        with atomic_write(self._options) as beside:
            beside.write_text(text + "\n", encoding="utf-8")

    def set_aside(self) -> None:
        """Takes the search back; `replaced` keeps it for the time being."""
        moved = [*self.results, self.performer.path, self.state]
        moved += [self.features, self.chief]
        self.replaced.set_aside(moved, [self._options])


@contextlib.contextmanager
def open_tune_folder(
    out: Path,
    options: Mapping[str, Any],
    resume: bool = False,
    overwrite: bool = False,
) -> Iterator[tuple[TuneFolder, TuneSettings, dict[str, Any]]]:
    """Opens the folder of a search.

    No other process can open it while the block runs.

    Args:
        out: The folder.
        options: Field of `TuneSettings` to value, as the user gave them.
        resume: Whether to go on with an earlier search; `trials` may then
            be raised, and options need not be given again. Before the
            performer's first epoch is over, any option may be changed.
        overwrite: Whether to begin anew.

    Yields:
        The folder, the settings, and those of them that were given.

    Raises:
        InputError: If the folder holds other files, or a search and neither
            flag is set; if another process works in it; or if the options do
            not agree with the stored ones.
    """
    folder = TuneFolder(out)

    def look() -> dict[str, Any]:
        check_out(out, folder.is_ours(), resume, overwrite)
        return _given(folder, options, resume, overwrite)

    with claimed(out, look) as given:
        with told_if_read_only(out):
            if folder.has_work() and not resume:
                folder.set_aside()
            folder.store(
                {k: v for k, v in given.items() if k not in OF_ONE_CALL}
            )
        yield folder, TuneSettings(**given), given


def _given(
    folder: TuneFolder,
    options: Mapping[str, Any],
    resume: bool,
    overwrite: bool,
) -> dict[str, Any]:
    # Without any, an attempt failed before it did anything.
    work = folder.has_work()
    if work and not (resume or overwrite):
        raise InputError(
            f"`--out` holds an earlier search, received {folder.path}. Add "
            "--resume to go on with it or --overwrite to replace it."
        )
    given = _checked(options)
    if not (resume and folder.is_ours()):
        return given
    stored = folder.options()
    if work:
        _refuse_changes(stored, given)
    return _checked({**stored, **given})


def _checked(options: Mapping[str, Any]) -> dict[str, Any]:
    given = {k: v for k, v in options.items() if v is not None}
    settings = TuneSettings(**given)
    return {name: getattr(settings, name) for name in given}


def _refuse_changes(stored: dict[str, Any], given: dict[str, Any]) -> None:
    changes = [
        f"{option_name(name)} was {stored.get(name, 'not given')}, received "
        f"{value}"
        for name, value in given.items()
        if name not in (*_MAY_CHANGE, *OF_ONE_CALL)
        and stored.get(name) != value
    ]
    if changes:
        raise InputError(
            f"The search has other settings: {'; '.join(changes)}. Leave "
            "these options out, or take another --out."
        )
