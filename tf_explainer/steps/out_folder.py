"""The `--out` folder: its files, and how far the work in it is."""

import json
import shutil
from pathlib import Path
from typing import Any

from tf_explainer.atomic_write import atomic_write
from tf_explainer.errors import InputError
from tf_explainer.steps.settings import Settings
from tf_explainer.steps.step_order import STEPS


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

    def is_ours(self) -> bool:
        """Whether tf-explainer made this folder."""
        return (self._hidden / "settings.json").is_file()

    def is_free(self) -> bool:
        """Whether nothing is there yet, or an empty folder."""
        return not self.path.exists() or (
            self.path.is_dir() and not any(self.path.iterdir())
        )

    def settings(self) -> Settings:
        """Returns the settings stored with the run.

        Raises:
            InputError: If another version stored them.
        """
        try:
            return Settings.from_json(self._read("settings"))
        except TypeError as error:
            raise InputError(
                f"The run in {self.path} was made by another version of "
                "tf-explainer; take another --out or add --overwrite."
            ) from error

    def store_settings(self, settings: Settings) -> None:
        """Stores the settings, which makes the folder ours.

        Args:
            settings: What the run does.
        """
        self._write("settings", settings.to_json())

    def is_done(self, step: str) -> bool:
        """Whether a step has finished.

        Args:
            step: A key of `STEPS`.
        """
        return (self._hidden / f"{step}.json").is_file()

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
        """
        return self._read(step)

    def finish(self, step: str, record: dict[str, Any]) -> None:
        """Marks a step as done.

        Args:
            step: A key of `STEPS`.
            record: JSON values for the later steps.
        """
        self._write(step, record)
        shutil.rmtree(self._hidden / "backup" / step, ignore_errors=True)

    def undo(self, step: str) -> None:
        """Removes the record of a step, then what it left.

        Args:
            step: A key of `STEPS`.
        """
        (self._hidden / f"{step}.json").unlink(missing_ok=True)
        shutil.rmtree(self._hidden / "backup" / step, ignore_errors=True)
        for name in STEPS[step].leaves:
            _remove(self.path / name)
        if times := self.seconds():
            times.pop(step, None)
            self._write("seconds", times)

    def clear(self) -> None:
        """Removes what tf-explainer wrote, and no file of anybody else."""
        for step in STEPS:
            self.undo(step)
        shutil.rmtree(self._hidden, ignore_errors=True)

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
        if not (self._hidden / "seconds.json").is_file():
            return {}
        return self._read("seconds")

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
        self.write_json(self._hidden / f"{name}.json", values)

    def _read(self, name: str) -> Any:
        path = self._hidden / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8"))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
