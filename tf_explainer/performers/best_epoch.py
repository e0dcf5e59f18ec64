"""Early stopping that survives an interruption."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tf_explainer.atomic_write import atomic_write


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
