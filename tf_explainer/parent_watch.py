"""A process that works for another one ends with it, however that ends."""

import os
import signal
import threading


def end_with_parent(pipe: int = 0) -> None:
    """Ends this process as soon as the one that started it is gone.

    The starter holds the other end of a pipe, which the system closes when
    it ends: also when it was killed, and could say nothing to anybody.

    Args:
        pipe: The end to read, standard input by default; the starter writes
            nothing into it.
    """
    threading.Thread(target=_watch, args=(pipe,), daemon=True).start()


def _watch(pipe: int) -> None:
    while os.read(pipe, 1):
        pass
    os.kill(os.getpid(), signal.SIGKILL)
