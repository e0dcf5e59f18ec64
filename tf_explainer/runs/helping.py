"""What a machine does that helps a chief: it learns along."""

import time
from pathlib import Path

import keras
from rich.console import Console

from tf_explainer.distribution import of_the_chief
from tf_explainer.distribution.strategies import open_strategy, told_if_lost
from tf_explainer.errors import InputError
from tf_explainer.runs.job import Job
from tf_explainer.runs.learning import learned_explainer
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.runs.team import NOTHING

# A shared disk may show a file late.
PATIENCE = 60.0


def help_chief(
    out: Path, resume: bool = False, console: Console | None = None
) -> bool:
    """Helps the chief to train the explainer, and writes nothing.

    Args:
        out: The folder of the run, which all machines share.
        resume: Whether what it holds counts: the chief may have finished.
        console: Where progress is told; standard error by default.

    Returns:
        Whether there was anything to do.

    Raises:
        InputError: If the folder is not the chief's, or a machine is gone.
    """
    console = console or Console(stderr=True)
    if resume and OutFolder(out).is_done("explain"):
        console.print("the explainer is there: done before", highlight=False)
        return False
    console.print("waiting for the chief", highlight=False)
    strategy = open_strategy("multiworker")
    with told_if_lost(strategy):
        (what,) = of_the_chief(strategy, [NOTHING])
        if int(what) == NOTHING:
            return False
        folder = OutFolder(out)
        _await(folder)
        settings = folder.settings()
        keras.utils.set_random_seed(settings.seed)
        job = Job(settings, folder, console, strategy=strategy)
        learned_explainer(job)
    return True


def _await(folder: OutFolder) -> None:
    ends = time.monotonic() + PATIENCE
    while not (folder.is_ours() and folder.is_done("performer")):
        if time.monotonic() > ends:
            raise InputError(
                "`--out` must be a folder that all machines share, received "
                f"{folder.path}, where the chief's performer does not show."
            )
        time.sleep(0.5)
