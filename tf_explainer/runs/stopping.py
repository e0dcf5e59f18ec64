"""Ctrl-C and SIGTERM end the work within seconds, so that it can go on."""

import contextlib
import os
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from tf_explainer.whole_files import remove_unfinished

STOPPED = 130
# Together with what is done at the end, below the 5 s that a user waits.
GRACE, BRIEFLY = 2.5, 0.4
_told = threading.Event()
_raised = threading.Event()
_ending = threading.Lock()
_actions: list["_Once"] = []
_lines: list[str] = []
_screen = 2


def stop_on_termination(grace: float = GRACE, line: str = "") -> None:
    """Lets Ctrl-C and SIGTERM end the process so that work can go on later.

    Servers and batch systems end a process by SIGTERM. The first signal is a
    `KeyboardInterrupt`; later ones change nothing. An interrupt that comes
    in a finalizer, where Python drops it, comes again. One that comes while
    TensorFlow computes waits for it, and libraries may drop it: a process
    that has not ended after `grace` does what `done_at_stop` was handed, says
    its line and ends at once.

    Args:
        grace: Seconds that the work has to end by itself.
        line: What is said at last where nobody says more, see `said_at_stop`.
    """
    global _screen
    # Standard error may be held back when the line is said.
    _screen = os.dup(2)
    _lines.append(line)
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    # Python runs handlers between two steps of the main thread, which may be
    # in TensorFlow for long; bytes come through the pipe at once.
    threading.Thread(target=_watch, args=(read, grace), daemon=True).start()
    sys.unraisablehook = _once_more
    signal.signal(signal.SIGTERM, _interrupt)
    # What a shell starts in the background does not listen to Ctrl-C.
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupt)


def told_to_stop() -> bool:
    """Whether the process was told to end; what fails then fails of that."""
    return _told.is_set()


@contextlib.contextmanager
def done_at_stop(action: Callable[[], None]) -> Iterator[None]:
    """Does something when a block ends, however it ends, and only once.

    Args:
        action: Without arguments; it must be quick.
    """
    once = _Once(action)
    _actions.append(once)
    try:
        yield
    finally:
        try:
            once()
        finally:
            _actions.remove(once)


@contextlib.contextmanager
def said_at_stop(line: str) -> Iterator[None]:
    """Says how to go on if the process has to end within a block.

    Args:
        line: The line, for standard error.
    """
    _lines.append(line)
    try:
        yield
    finally:
        _lines.remove(line)


@contextlib.contextmanager
def signals_left_to(handler: Callable[[int, Any], None]) -> Iterator[None]:
    """Lets a server decide what Ctrl-C and SIGTERM mean within a block.

    Nothing ends the process then, however long the server takes.

    Args:
        handler: As `signal.signal` takes it.
    """
    pipe = signal.set_wakeup_fd(-1)
    before = {
        number: signal.signal(number, handler)
        for number in (signal.SIGINT, signal.SIGTERM)
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, one in before.items():
            signal.signal(number, one)
        signal.set_wakeup_fd(pipe, warn_on_full_buffer=False)


def end_stopped(line: str) -> None:
    """Ends the process at once, with status 130.

    TensorFlow's threads are not waited for: all files are whole.

    Args:
        line: What is said at last; nothing if empty.
    """
    # For good: the process ends while this is held.
    _ending.acquire()
    try:
        for stream in (sys.stdout, sys.stderr):
            _briefly(stream.flush)
        if line:
            # A progress bar may have been in the line, and hid the cursor.
            bar = b"\n\x1b[?25h" if os.isatty(_screen) else b""
            os.write(_screen, bar + line.encode() + b"\n")
        _briefly(remove_unfinished)
        # Temporary folders all belong to finalizers, which Python would call
        # at its end.
        _briefly(weakref.finalize._exitfunc)  # type: ignore[attr-defined]
    finally:
        os._exit(STOPPED)


class _Once:
    """An action that two threads may want to do."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._action = action
        self._lock = threading.Lock()
        self._done = False

    def __call__(self) -> None:
        with self._lock:
            if not self._done:
                self._done = True
                self._action()


def _interrupt(number: int, frame: Any) -> None:
    _told.set()
    if not _raised.is_set():
        _raised.set()
        raise KeyboardInterrupt


def _once_more(dropped: Any) -> None:
    """Takes the place of `sys.unraisablehook`."""
    if not isinstance(dropped.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(dropped)
        return
    _raised.clear()
    # From outside: here, in the finalizer, it would be dropped again.
    main = threading.main_thread().ident or 0
    again = (main, signal.SIGTERM)
    threading.Timer(0.02, signal.pthread_kill, again).start()


def _watch(pipe: int, grace: float) -> None:
    while os.read(pipe, 1)[0] not in (signal.SIGINT, signal.SIGTERM):
        pass
    time.sleep(grace)
    for action in reversed(_actions):
        _briefly(action)
    end_stopped(_lines[-1])


def _briefly(action: Callable[[], Any]) -> None:
    """Does something that must not keep the process from ending."""

    def quietly() -> None:
        with contextlib.suppress(Exception):
            action()

    # The main thread may hold what the action waits for.
    thread = threading.Thread(target=quietly, daemon=True)
    thread.start()
    thread.join(BRIEFLY)


def was_interrupted(error: BaseException) -> bool:
    """Whether Ctrl-C, or SIGTERM, is what ended the work.

    Libraries wrap the `KeyboardInterrupt` that hits them, for example while
    they are imported, or have an error of their own instead.

    Args:
        error: What was raised.
    """
    return told_to_stop() or any(
        isinstance(link, KeyboardInterrupt) for link in chain(error)
    )


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yields an error and what it came from.

    Args:
        error: What was raised.
    """
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
