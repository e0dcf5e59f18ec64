"""What a user asked for on the command line."""

import dataclasses
import shlex
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from tf_explainer.cli.start_tensorflow import start_tensorflow
from tf_explainer.cli.stopped import can_go_on
from tf_explainer.steps.open_folder import open_folder
from tf_explainer.steps.step_order import STEPS


@dataclasses.dataclass(frozen=True)
class Request:
    """One call of one command.

    Args:
        command: Its name.
        out: The folder to read and write.
        options: Field of `Settings` to value, as given; the command line
            has won over the configuration file.
        may_change: Fields that the command itself takes.
        resume: Whether `--resume` was given.
        overwrite: Whether `--overwrite` was given.
    """

    command: str
    out: Path
    options: Mapping[str, Any]
    may_change: Collection[str]
    resume: bool = False
    overwrite: bool = False

    def do(self, *steps: str) -> None:
        """Does steps of the main job and shows where the files lie.

        Args:
            *steps: Keys of `STEPS`; none for all of them.

        Raises:
            Stopped: If the user stopped it.
        """
        names = steps or tuple(STEPS)
        opened = open_folder(
            self.out,
            names,
            self.options,
            may_change=self.may_change,
            resume=self.resume,
            overwrite=self.overwrite,
        )
        with opened as (folder, settings), can_go_on(self.again()):
            # TensorFlow takes seconds to import; bad options must not wait.
            start_tensorflow()
            from tf_explainer.steps.run import run
            from tf_explainer.steps.summary import print_summary

            # Who names no step wants what can be had.
            run(settings, folder, names, leaves_out=not steps)
            print_summary(folder, names)

    def again(self) -> str:
        """Returns the command line that goes on with the same work."""
        out = shlex.quote(str(self.out))
        return f"tf-explainer {self.command} --out {out} --resume"
