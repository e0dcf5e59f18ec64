"""The user pressed Ctrl-C."""

import contextlib
from collections.abc import Iterator

from tf_explainer.steps.error_causes import was_interrupted
from tf_explainer.steps.stop_on_termination import said_at_stop


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
