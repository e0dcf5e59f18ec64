"""SIGTERM stops work as Ctrl-C does."""

import signal
from typing import Any


def stop_on_termination() -> None:
    """Lets the process end at SIGTERM so that its work can go on later.

    Servers and batch systems end a process so. Python would end at once, and
    leave the processes that it started running.
    """
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt
