"""The files of one run of a grid, and how far it is."""

from collections.abc import Sequence
from pathlib import Path

from tf_explainer.atomic_write import atomic_write
from tf_explainer.steps.out_folder import OutFolder


class RunFiles:
    """The `--out` folder of a run, and what lies beside it.

    The folder holds the run's own files only; its options, its log and why it
    failed are beside it.

    Args:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        self.folder = OutFolder(path)
        self.config = self._beside("toml")
        self.log = self._beside("log")
        self.failed = self._beside("failed.txt")

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
        return "begun" if ours and self.folder.has_work() else "to do"

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
