"""The `--out` folder: its files, and how far the work in it is."""

import dataclasses
import json
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError, LaterVersion, refuse_later
from tf_explainer.runs.claim import Replaced
from tf_explainer.runs.step_order import STEPS
from tf_explainer.whole_files import atomic_write

FORMAT = 1
# Options that are stored always; a file that lacks them is damaged.
_ALWAYS = {
    *("data", "seed", "performer", "backbone", "epochs", "batch_size"),
    *("filter_loss", "target_layer", "categories", "precision"),
}


class OutFolder:
    """Names the files of a run and keeps track of the steps done.

    Everything that is not for the user lies in `.tf_explainer/`: the settings
    (whose file marks the folder as ours), one record for each step done,
    written last, and what `--resume` needs inside a step.

    Args:
        path: The folder; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self.performer = self.path / "performer.keras"
        self.explainer = self.path / "explainer.keras"
        self.result = self.path / "result.json"
        self.report = self.path / "report.html"
        self.saved_model = self.path / "saved_model" / "1"
        self._hidden = self.path / ".tf_explainer"
        self.observation = self._hidden / "observation.npz"
        self.replaced = Replaced(self.path)

    def is_ours(self) -> bool:
        """Whether tf-explainer made this folder."""
        return self._file("settings").is_file()

    def is_free(self) -> bool:
        """Whether nothing is there yet but what a first write left behind."""
        if not self.path.is_dir():
            return not self.path.exists()
        return all(
            path.is_relative_to(self._hidden)
            and (path.is_dir() or _trace(path))
            for path in self.path.rglob("*")
        )

    def settings(self) -> Settings:
        """Returns the settings stored with the run.

        Raises:
            InputError: If another version stored them, or the file is
                damaged: what it lacks must not become a default.
        """
        stored = self._read("settings")
        refuse_later(stored.pop("format", 1), FORMAT, self._file("settings"))
        known = {field.name for field in dataclasses.fields(Settings)}
        if set(stored) - known or _ALWAYS - set(stored):
            raise InputError(
                f"The run in {self.path} was made by another version of "
                f"tf-explainer, or {self._file('settings')} is damaged; take "
                "another --out, or begin the run anew: tf-explainer run "
                "--overwrite."
            )
        try:
            return Settings(**stored)
        except InputError as error:
            raise self._damaged("settings", str(error)) from error

    def store_settings(self, settings: Settings) -> None:
        """Stores the settings, which makes the folder ours.

        Args:
            settings: What the run does.
        """
        self._write("settings", {"format": FORMAT, **settings.to_json()})

    def is_done(self, step: str) -> bool:
        """Whether a step has finished.

        Args:
            step: A key of `STEPS`.
        """
        return self._file(step).is_file()

    def is_begun(self, step: str) -> bool:
        """Whether a step was stopped midway and can go on.

        Args:
            step: A key of `STEPS`.
        """
        backup = self._hidden / "backup" / step
        held = backup.is_dir() and any(backup.iterdir())
        return held and not self.is_done(step)

    def has_work(self) -> bool:
        """Whether anything would be lost if the run began anew."""
        return any(self.is_done(step) or self.is_begun(step) for step in STEPS)

    def record(self, step: str) -> dict[str, Any]:
        """Returns what a finished step left for the later ones.

        Args:
            step: A key of `STEPS`.

        Raises:
            InputError: If its file is damaged.
        """
        return self._read(step)

    def recorded(self, step: str, name: str) -> dict[str, Any]:
        """Returns one table of a step's record.

        Args:
            step: A key of `STEPS`.
            name: A key of the record, such as `history`.

        Raises:
            InputError: If its file is damaged, or has no such table.
        """
        found = self._read(step).get(name)
        if not isinstance(found, dict):
            raise self._damaged(step, f"it has no {name}")
        return found

    def read_result(self) -> dict[str, Any]:
        """Returns what `result.json` holds.

        Raises:
            InputError: If it is missing, or breaks its schema.
        """
        # It imports TensorFlow, which not all that names files does.
        from tf_explainer.evaluation.result import validate_result

        try:
            found = _json_table(self.result)
            validate_result(found)
        except LaterVersion:
            raise
        except (OSError, ValueError, InputError) as error:
            raise InputError(
                f"{self.result} is missing or damaged ({error}); have it "
                "written again: tf-explainer evaluate --overwrite --out "
                f"{self.path}"
            ) from error
        return found

    def finish(self, step: str, record: dict[str, Any]) -> None:
        """Marks a step as done, which drops what was set aside.

        Args:
            step: A key of `STEPS`.
            record: JSON values for the later steps.
        """
        self._write(step, record)
        self.replaced.drop()
        shutil.rmtree(self._hidden / "backup" / step, ignore_errors=True)

    def set_aside(self, steps: Sequence[str]) -> None:
        """Takes steps back; `replaced` keeps them until one is done anew.

        Args:
            steps: Keys of `STEPS`.
        """
        left = {}
        # Read first: what is damaged must be told before anything is moved.
        if set(steps) != set(STEPS):
            left = {k: v for k, v in self.seconds().items() if k not in steps}
        moved = []
        for step in steps:
            # The record first: half a step counts as none.
            moved += [self._file(step), self._hidden / "backup" / step]
            moved += [self.path / name for name in STEPS[step].leaves]
        files = self._file("settings"), self._file("seconds")
        self.replaced.set_aside(moved, files)
        self._write("seconds", left)

    def outdated(self, steps: Collection[str]) -> list[str]:
        """Names the files set aside that other steps than these made.

        Args:
            steps: Keys of `STEPS`.
        """
        return [
            name
            for step in STEPS
            if step not in steps
            for name in STEPS[step].leaves
            if name[0] != "." and self.replaced.holds(self.path / name)
        ]

    def backup(self, step: str) -> Path:
        """Returns the folder for what `--resume` needs inside a step.

        Args:
            step: A key of `STEPS`.
        """
        folder = self._hidden / "backup" / step
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def seconds(self) -> dict[str, float]:
        """Returns the time spent in each step, over all attempts."""
        if not self._file("seconds").is_file():
            return {}
        seconds = self._read("seconds")
        if not all(isinstance(one, int | float) for one in seconds.values()):
            raise self._damaged("seconds", "it holds other things than times")
        return seconds

    def add_seconds(self, step: str, seconds: float) -> None:
        """Adds the time of one attempt.

        Args:
            step: A key of `STEPS`.
            seconds: Wall time of the attempt, in seconds.
        """
        times = self.seconds()
        times[step] = round(times.get(step, 0.0) + seconds, 3)
        self._write("seconds", times)

    def write_json(self, path: Path, values: Any) -> None:
        """Writes JSON so that a reader never sees half a file.

        Args:
            path: The file.
            values: JSON values; NaN is refused, as JSON has none.
        """
        text = json.dumps(values, indent=2, allow_nan=False)
        with atomic_write(path) as beside:
            beside.write_text(text + "\n", encoding="utf-8")

    def _write(self, name: str, values: Any) -> None:
        self.write_json(self._file(name), values)

    def _read(self, name: str) -> dict[str, Any]:
        try:
            return _json_table(self._file(name))
        except (OSError, ValueError) as error:
            raise self._damaged(name, str(error)) from error

    def _damaged(self, name: str, why: str) -> InputError:
        return InputError(
            f"{self._file(name)} is damaged ({why}); take another --out, or "
            "begin the run anew: tf-explainer run --overwrite."
        )

    def _file(self, name: str) -> Path:
        return self._hidden / f"{name}.json"


def _json_table(path: Path) -> dict[str, Any]:
    """Raises `OSError` or `ValueError`, whatever is wrong with the file."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(values, dict):
        raise ValueError(f"it holds {type(values).__name__}")
    return values


def _trace(path: Path) -> bool:
    return path.name == "lock" or path.name.startswith(".writing-")
