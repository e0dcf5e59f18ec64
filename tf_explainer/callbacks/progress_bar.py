"""Training progress for a person to watch."""

from typing import Any

import keras
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

_SHOWN = ("loss", "part_loss", "p", "accuracy", "val_accuracy")


class ProgressBar(keras.callbacks.Callback):
    """Shows epoch, loss, `p` and the time left while a model is trained.

    In a terminal it is one bar a `fit`; elsewhere, as in a log file, one line
    an epoch.

    Args:
        label: What is trained, in a word or two.
        console: Where to show it; standard error by default.
    """

    def __init__(self, label: str, console: Console | None = None) -> None:
        super().__init__()
        self.label = label
        self.console = console or Console(stderr=True)
        self._progress: Progress | None = None
        self._epoch = 0
        self._moved = False

    def on_train_begin(self, logs: Any = None) -> None:
        """Starts the bar."""
        self._open(self.label)
        self._moved = False

    def on_features(self, done: int, total: int | None) -> None:
        """Moves the bar of the features, which come before training.

        Args:
            done: Images whose features are computed.
            total: All images, or `None` where their number is not known.
        """
        if self._progress is None:
            self._open(f"{self.label}: features")
        if self._progress is not None:
            self._progress.update(self._task, completed=done, total=total)
        if done == total:
            self._close()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Learns the epoch's number; a resumed `fit` begins above 0."""
        self._epoch = epoch
        if self._progress is not None and not self._moved:
            # The epochs of an earlier attempt must not count as speed.
            done = epoch * (self.params.get("steps") or 0)
            self._progress.reset(self._task, completed=done)
            self._moved = True

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Moves the bar."""
        if self._progress is None:
            return
        epochs, steps = self.params.get("epochs"), self.params.get("steps")
        done, total = self._epoch * (steps or 0) + batch + 1, None
        if epochs and steps:
            total = epochs * steps
        self._progress.update(
            self._task,
            completed=done,
            total=total,
            numbers=f"epoch {self._epoch + 1}/{epochs}  {_numbers(logs)}",
        )

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Prints the epoch's line where there is no bar."""
        if self._progress is None:
            self.console.print(
                f"    {self.label}: epoch {epoch + 1}/"
                f"{self.params.get('epochs')}  {_numbers(logs)}",
                highlight=False,
            )

    def on_train_end(self, logs: Any = None) -> None:
        """Removes the bar."""
        self._close()

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *error: object) -> None:
        # `fit` does not call `on_train_end` when it is interrupted, and a bar
        # left running would hide the cursor and eat the next lines.
        self._close()

    def _open(self, label: str) -> None:
        self._close()
        if self.console.is_terminal:
            self._progress = Progress(
                TextColumn("    {task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.fields[numbers]}"),
                console=self.console,
                transient=True,
            )
            self._progress.start()
            self._task = self._progress.add_task(label, numbers="")

    def _close(self) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


class FeatureProgress:
    """Tells of the features that are computed before the first epoch.

    Keras calls no callback then; see `features.cache.tell_features`.

    Args:
        bar: Whether a bar moves, too, as Keras' own does.
    """

    def __init__(self, bar: bool = True) -> None:
        self.bar = bar
        self._progress: keras.utils.Progbar | None = None

    @classmethod
    def beside(cls, callbacks: Any, verbose: Any) -> list[Any]:
        """Returns all that is told how many features are computed.

        Args:
            callbacks: A callback, a list of them, or `None`.
            verbose: As of `fit`; 0 adds nothing, 2 a line.
        """
        given = keras.tree.flatten(callbacks or [])
        if not verbose or any(hasattr(one, "on_features") for one in given):
            return given
        return [*given, cls(bar=verbose != 2)]

    def on_features(self, done: int, total: int) -> None:
        """Tells how many are done.

        Args:
            done: Images whose features are computed.
            total: All images, as far as it is known.
        """
        if not done:
            print(f"Features of {total:,} images, before the first epoch")
            if self.bar:
                self._progress = keras.utils.Progbar(total, unit_name="image")
        elif self._progress is not None:
            self._progress.target = total
            self._progress.update(done, finalize=done == total)
            if done == total:
                self._progress = None


def _numbers(logs: Any) -> str:
    logs = logs or {}
    return "  ".join(
        f"{name} {float(logs[name]):.3f}" for name in _SHOWN if name in logs
    )
