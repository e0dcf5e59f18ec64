"""The runs of a grid that share a performer, one after the other."""

import gc
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tf_explainer.config.toml import read_config
from tf_explainer.errors import InputError
from tf_explainer.parent_watch import end_with_parent
from tf_explainer.runs.job import KeptFeatures
from tf_explainer.runs.opening import open_folder
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.runs.running import run
from tf_explainer.runs.stopping import (
    STOPPED,
    end_stopped,
    stop_on_termination,
    was_interrupted,
)
from tf_explainer.whole_files import atomic_write


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


# Less than its parent has, which would kill it.
GRACE = 1.5


def run_group(
    folders: Sequence[Path], steps: Sequence[str], console: Console
) -> int:
    """Does runs whose options lie beside their folders.

    What fails is written down, and the next one begins. The performer's
    features are computed once for all runs of one performer.

    Args:
        folders: Their `--out` folders.
        steps: Keys of `STEPS`, from the first one on.
        console: Where a line is shown for each run begun and ended.

    Returns:
        0, or 130 if the user stopped it.
    """
    kept = KeptFeatures()
    for path in folders:
        files = RunFiles(path)
        name = "/".join(path.parts[-5:])
        began = time.perf_counter()
        console.print(f"begun   {name}", highlight=False)
        try:
            _do(files, steps, kept)
        except BaseException as error:
            if was_interrupted(error):
                return STOPPED
            if not isinstance(error, Exception):
                raise
            why = " ".join(str(error).split()) or type(error).__name__
            if not isinstance(error, InputError):
                why = f"{type(error).__name__}: {why}; see {files.log}"
            files.fail(why)
            console.print(f"failed  {name}: {why}", highlight=False)
        else:
            files.failed.unlink(missing_ok=True)
            seconds = time.perf_counter() - began
            console.print(f"done    {name} in {seconds:.0f} s", highlight=False)
        gc.collect()
    return 0


def _do(files: RunFiles, steps: Sequence[str], kept: KeptFeatures) -> None:
    with open(files.log, "a", encoding="utf-8") as log:
        try:
            opened = open_folder(
                files.folder.path,
                steps,
                read_config(files.config),
                resume=files.folder.is_ours() and files.folder.has_work(),
            )
            console = Console(file=log, width=100)
            with opened as (folder, settings):
                run(settings, folder, steps, console, kept)
        except BaseException:
            traceback.print_exc(file=log)
            raise


def main() -> int:
    """Returns the exit status; arguments are the steps, then the folders."""
    stop_on_termination(GRACE)
    end_with_parent()
    steps, *folders = sys.argv[1:]
    console = Console(file=sys.stdout, soft_wrap=True, markup=False)
    status = run_group([Path(f) for f in folders], steps.split(","), console)
    if status == STOPPED:
        end_stopped("")
    return status


if __name__ == "__main__":
    sys.exit(main())
