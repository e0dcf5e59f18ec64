"""Update of the norm-layers' α."""

from typing import Any

import keras


class UpdateAlpha(keras.callbacks.Callback):
    """Keeps α at the mean activation magnitude of the tracks.

    `alpha = momentum * alpha + (1 - momentum) * seen`, as batch normalization
    does for its moving statistics.

    Args:
        momentum: Share of the old α that is kept, in [0, 1).
        every: Batches between two updates.

    Raises:
        ValueError: If an argument is out of range.

    Source:
        Zhang et al. 2018, section 3.1 "Norm-layer".
    """

    def __init__(self, momentum: float = 0.95, every: int = 1) -> None:
        super().__init__()
        if not 0 <= momentum < 1:
            raise ValueError(
                f"`momentum` must lie in [0, 1), received {momentum}."
            )
        if every < 1:
            raise ValueError(f"`every` must be at least 1, received {every}.")
        self.momentum = momentum
        self.every = every

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if (batch + 1) % self.every == 0:
            for norm in self.model.norms:
                norm.commit_alpha(self.momentum)
