"""What an interrupted training goes on from."""

import json
import math
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tf_explainer.distribution import check_alike, is_chief
from tf_explainer.errors import InputError
from tf_explainer.whole_files import atomic_write

# Writing takes at most this share of the time; what takes no longer than
# `_SHORT` seconds is always written.
_SHARE, _SHORT = 0.1, 0.2


class EpochBackup(keras.callbacks.Callback):
    """Lets `fit` go on behind one of its last finished epochs.

    ```python
    backup = EpochBackup(folder)
    model.fit(..., initial_epoch=backup.epoch, callbacks=[..., backup])
    backup.history  # of all epochs, those of earlier attempts included
    ```

    Weights, states of random generators, the optimizer's state and the logs
    are written as one folder
    that is there whole or not at all, so that Ctrl-C at any moment leaves the
    one before. They are written after each epoch, or, where epochs are so
    short that a tenth of the time would go into writing, as often as that
    allows, and at the end. Put it last: it must see what other callbacks
    change at the end of an epoch. Of several machines the chief writes, and
    all read: the folder must be one that they share.

    Args:
        folder: Where to keep the backup; it need not exist. `None` keeps
            the logs only.
        also: Layers that belong to the training and not to the model, such
            as an augmentation that draws.

    Raises:
        InputError: When training begins, if the backup is of another model,
            or not the same on all machines.

    Source:
        `keras.callbacks.BackupAndRestore` does the same, but a write that
        Ctrl-C cuts short replaces its good backup, and it forgets the logs.
    """

    def __init__(
        self,
        folder: str | Path | None,
        also: Sequence[keras.layers.Layer] = (),
    ) -> None:
        super().__init__()
        self.also = also
        self.folder = Path(folder) if folder else None
        self._logs: list[dict[str, float]] = []
        self._written, self._took = 0.0, 0.0
        self._chief = True
        if states := self._states():
            text = (states[-1] / "logs.json").read_text(encoding="utf-8")
            self._logs = json.loads(text)

    @property
    def epoch(self) -> int:
        """Number of epochs finished, over all attempts."""
        return len(self._logs)

    @property
    def history(self) -> dict[str, list[Any]]:
        """Metric → value by epoch, over all attempts; `None` for no value."""
        names = dict.fromkeys(name for logs in self._logs for name in logs)
        return {name: [logs.get(name) for logs in self._logs] for name in names}

    def on_train_begin(self, logs: Any = None) -> None:
        """Restores weights and optimizer."""
        self._chief = is_chief(self.model.distribute_strategy)
        if self.folder is not None:
            name = f"The number of epochs in the backup {self.folder}"
            strategy = self.model.distribute_strategy
            check_alike(strategy, name, [self.epoch])
        if states := self._states():
            optimizer = self.model.optimizer
            if not optimizer.built:
                optimizer.build(self.model.trainable_variables)
            with np.load(states[-1] / "state.npz") as stored:
                values = [stored[name] for name in stored.files]
            variables = self._state()
            if [v.shape for v in variables] != [v.shape for v in values]:
                raise InputError(
                    f"The backup {states[-1]} is of another model; begin anew "
                    "with --overwrite."
                )
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Writes the new backup, then removes the one before."""
        self._logs.append({k: float(v) for k, v in (logs or {}).items()})
        since = time.monotonic() - self._written
        if self._took <= max(_SHORT, _SHARE * since):
            self._write()

    def on_train_end(self, logs: Any = None) -> None:
        """Writes the last epoch, unless it is written."""
        self._write()

    def _write(self) -> None:
        if self.folder is None or not (self._logs and self._chief):
            return
        before = self._states()
        if before and before[-1].name == self._name:
            return
        began = time.monotonic()
        with atomic_write(self.folder / self._name) as beside:
            beside.mkdir()
            # Not HDF5, which takes the whole process down on a full disk.
            np.savez(beside / "state.npz", *map(_plain, self._state()))
            text = json.dumps(self._logs)
            (beside / "logs.json").write_text(text, encoding="utf-8")
        for state in before:
            shutil.rmtree(state)
        self._written = time.monotonic()
        self._took = self._written - began

    @property
    def _name(self) -> str:
        return f"epoch-{self.epoch:05d}"

    def _state(self) -> list[Any]:
        # `variables`, not `weights`: those of random generators, too.
        return [
            variable
            for part in (self.model, self.model.optimizer, *self.also)
            for variable in part.variables
        ]

    def _states(self) -> list[Path]:
        return sorted(self.folder.glob("epoch-*")) if self.folder else []


def _plain(variable: Any) -> np.ndarray:
    """Returns the value in a type that NumPy's files know; not bfloat16."""
    value = keras.ops.convert_to_numpy(variable)
    return value if value.dtype.kind in "biuf" else value.astype("float32")


class BestEpoch(keras.callbacks.Callback):
    """Stops when the loss no longer falls, and keeps the best weights.

    Args:
        folder: Where to keep the weights of the best epoch; `None` keeps
            them in memory.
        patience: Epochs without a new lowest loss after which it stops.
        monitor: Name of the loss.
        losses: That loss in the epochs done before, if training goes on.

    Source:
        `keras.callbacks.EarlyStopping` does the same, but keeps the weights
        in memory, so that they are lost with the process.
    """

    def __init__(
        self,
        folder: str | Path | None,
        patience: int,
        monitor: str = "val_loss",
        losses: Sequence[float] = (),
    ) -> None:
        super().__init__()
        self.patience = patience
        self.monitor = monitor
        self._file = Path(folder) / "best.npz" if folder else None
        self._losses = list(losses)
        self._held: list[np.ndarray] = []

    @property
    def best(self) -> int | None:
        """Index of the epoch with the lowest finite loss, if there is one."""
        losses = [x if math.isfinite(x) else math.inf for x in self._losses]
        if not losses or min(losses) == math.inf:
            return None
        return losses.index(min(losses))

    @property
    def is_over(self) -> bool:
        """Whether the loss has not fallen for `patience` epochs."""
        since = -1 if self.best is None else self.best
        return len(self._losses) - 1 - since >= self.patience

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Keeps the weights if they are the best so far."""
        self._losses.append(float((logs or {})[self.monitor]))
        if self.best == len(self._losses) - 1:
            self._keep(self.model.get_weights())
        self.model.stop_training = self.is_over

    def restore(self, model: keras.Model) -> None:
        """Sets the weights of the best epoch.

        Args:
            model: The model that was trained.
        """
        if self._file is None:
            model.set_weights(self._held)
            return
        with np.load(self._file) as stored:
            model.set_weights([stored[name] for name in stored.files])

    def _keep(self, weights: list[np.ndarray]) -> None:
        if self._file is None:
            self._held = [np.array(value) for value in weights]
            return
        with atomic_write(self._file) as beside, beside.open("wb") as file:
            np.savez(file, *weights)
