"""A guard against parts that drift away while their loss improves."""

from collections.abc import Callable, Sequence
from typing import Any

import keras

from tf_explainer.callbacks.freeze_interpretable_track import (
    FreezeInterpretableTrack,
)

PROXY = "proxy"


class WatchProxy(keras.callbacks.Callback):
    """Ends the learning of parts when they behave less and less like parts.

    The mutual information also rises when single peaks spread evenly over the
    image without meaning anything. So a number that the filter loss does not
    see is taken after each epoch and logged as `proxy`. When it has stayed
    below its best for `patience` epochs in a row, the interpretable layers
    stand still from the next epoch on, as if the schedule had said so. Before
    they stand still, for whichever of the two reasons, they get the weights
    of the best epoch back, if that was in this attempt: an interrupted
    training keeps its last weights only.

    Args:
        proxy: Takes the explainer to a number, more is better, such as an
            `evaluation.LandmarkFreeProxy` of images that are not learned
            from.
        freeze: The callback of the same training that freezes the track; its
            `epoch` is moved forward.
        patience: Epochs below the best that are borne, 1 or more.
        history: What `proxy` was in the epochs of an earlier attempt.

    Raises:
        ValueError: If `patience` is not at least 1.

    Source:
        Ours; Prechelt 1998, "Early stopping -- but when?", for the patience.
    """

    def __init__(
        self,
        proxy: Callable[[Any], float],
        freeze: FreezeInterpretableTrack,
        patience: int = 1,
        history: Sequence[float] = (),
    ) -> None:
        super().__init__()
        if patience < 1:
            raise ValueError(
                f"`patience` must be at least 1, received {patience}."
            )
        self.proxy, self.freeze, self.patience = proxy, freeze, patience
        self._best: float | None = None
        self._below = 0
        self._weights: list[Any] | None = None
        for epoch, value in enumerate(history):
            if epoch < self.freeze.epoch:
                self._take(epoch, value)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        value = float(self.proxy(self.model))
        if logs is not None:
            logs[PROXY] = value
        if epoch >= self.freeze.epoch:
            # The parts stand still.
            return
        variables = self._variables()
        if self._take(epoch, value):
            self._weights = list(map(keras.ops.convert_to_numpy, variables))
        elif self.freeze.epoch == epoch + 1 and self._weights is not None:
            for variable, kept in zip(variables, self._weights, strict=True):
                variable.assign(kept)

    def _take(self, epoch: int, value: float) -> bool:
        """Whether the value is the best so far; freezes after too many."""
        if self._best is None or value > self._best:
            self._best, self._below = value, 0
            return True
        self._below += 1
        if self._below >= self.patience:
            self.freeze.epoch = epoch + 1
        return False

    def _variables(self) -> list[Any]:
        layers = self.model.encoder.interpretable
        return [variable for layer in layers for variable in layer.weights]
