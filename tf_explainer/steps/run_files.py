"""The files of one run of a grid, and how far it is."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tf_explainer.atomic_write import atomic_write
from tf_explainer.steps.out_folder import OutFolder
from tf_explainer.steps.settings import Settings


class RunFiles:
    """The `--out` folder of a run, and what lies beside it.

    The folder holds the run's own files only; its options, its log and why it
    failed are beside it, and so are its numbers if nothing else was kept.

    Args:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        self.folder = OutFolder(path)
        self.config = self._beside("toml")
        self.log = self._beside("log")
        self.failed = self._beside("failed.txt")
        self.numbers = self._beside("numbers.json")

    def state(self, steps: Sequence[str]) -> str:
        """Returns `done`, `failed`, `begun` or `to do`.

        Args:
            steps: Keys of `STEPS` that are wanted.
        """
        ours = self.folder.is_ours()
        if ours and all(self.folder.is_done(step) for step in steps):
            return "done"
        if self.failed.is_file():
            return "failed"
        if self.numbers.is_file() and not ours and "report" not in steps:
            return "done"
        return "begun" if ours and self.folder.has_work() else "to do"

    def settings(self) -> Settings:
        """Returns the settings of a run that is done."""
        if self.folder.is_ours():
            return self.folder.settings()
        kept = json.loads(self.numbers.read_text(encoding="utf-8"))
        return Settings.from_json(kept["settings"])

    def keep_numbers(self) -> None:
        """Puts the numbers beside the folder, and removes the folder.

        They are those of `result.json` but for the table of all filters.
        """
        text = self.folder.result.read_text(encoding="utf-8")
        result = json.loads(text)
        result.pop("filters", None)
        result["settings"]["performer"] = self._from_here(
            result["settings"]["performer"]
        )
        self.folder.write_json(self.numbers, result)
        self.folder.clear()
        if self.folder.is_free():
            self.folder.path.rmdir()

    def _from_here(self, performer: str | None) -> Any:
        """The grid's own performer by its place in the grid."""
        here = self.folder.path.parent
        if performer and Path(performer).is_relative_to(here):
            return Path(performer).relative_to(here).as_posix()
        return performer

    def fail(self, why: str) -> None:
        """Writes down why the run failed.

        Args:
            why: In one line.
        """
        with atomic_write(self.failed) as beside:
            beside.write_text(why + "\n", encoding="utf-8")

    def _beside(self, ending: str) -> Path:
        path = self.folder.path
        return path.with_name(f"{path.name}.{ending}")
