"""What a user asked for on the command line, and Ctrl-C."""

import contextlib
import dataclasses
import logging
import os
import shlex
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from tf_explainer.config.cluster import helps_a_chief
from tf_explainer.runs.opening import open_folder
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.runs.step_order import STEPS
from tf_explainer.runs.stopping import said_at_stop, was_interrupted

RUN = typer.Argument(metavar="RUN", help="The --out folder of a run.")


def start_tensorflow() -> None:
    """Imports TensorFlow and looks for devices, quietly.

    Its C++ side otherwise writes lines about CPU features and missing CUDA
    drivers straight to standard error, some of them whatever the log level.
    Users who ask for them with TF_CPP_MIN_LOG_LEVEL 0 or 1 see them.
    """
    # The models here are TensorFlow's, whatever ~/.keras/keras.json says.
    os.environ["KERAS_BACKEND"] = "tensorflow"
    if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3") in ("0", "1"):
        return
    with _hold_back_standard_error():
        import tensorflow as tf

        tf.config.list_physical_devices("GPU")
    # The last tells that it looks for fonts, once on each machine.
    for name in ("absl", "tensorflow", "matplotlib.font_manager"):
        logging.getLogger(name).setLevel(logging.ERROR)


@contextlib.contextmanager
def _hold_back_standard_error() -> Iterator[None]:
    """Keeps what goes to standard error; shows it only if the block fails."""
    sys.stderr.flush()
    screen = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(screen, held.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(screen, 2)
            os.close(screen)


class Stopped(Exception):
    """Work was interrupted by the user and can go on.

    Args:
        again: The command line that goes on.
    """

    def __init__(self, again: str) -> None:
        super().__init__(again)
        self.again = again

    @property
    def line(self) -> str:
        """What the user is told."""
        return f"stopped; go on with: {self.again}"


@contextlib.contextmanager
def can_go_on(again: str) -> Iterator[None]:
    """Tells how to go on with work that is interrupted.

    Args:
        again: The command line that goes on.

    Raises:
        Stopped: If the user stopped it.
    """
    stopped = Stopped(again)
    with said_at_stop(stopped.line):
        try:
            yield
        except BaseException as error:
            if was_interrupted(error):
                raise stopped from error
            raise


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
        if "explain" in names and helps_a_chief(self._strategy()):
            self._help()
            return
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
            from tf_explainer.runs.running import run
            from tf_explainer.runs.terminal import print_summary

            # Who names no step wants what can be had.
            run(settings, folder, names, leaves_out=not steps)
            print_summary(folder, names)

    def _strategy(self) -> Any:
        """What is given, else what the run was begun with."""
        folder = OutFolder(self.out)
        given = self.options.get("strategy")
        if given is None and self.resume and folder.is_ours():
            return folder.settings().strategy
        return given

    def _help(self) -> None:
        """Of several machines one does the run, and this is another."""
        with can_go_on(self.again()):
            start_tensorflow()
            from tf_explainer.runs.helping import help_chief

            help_chief(self.out, resume=self.resume)

    def again(self) -> str:
        """Returns the command line that goes on with the same work."""
        out = shlex.quote(str(self.out))
        return f"tf-explainer {self.command} --out {out} --resume"
