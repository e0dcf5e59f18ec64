"""Updates of λ_f, α and ĉ."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from tf_explainer.config.schedule import Schedule


class UpdateFilterLossWeight(keras.callbacks.Callback):
    """Sets λ_f from the gradient norms of the last batches.

    `lambda_f = filter_weight * E‖dLoss/dx_f‖ / E‖dLoss_f/dx_f‖`, with `decay`
    divided by the epoch `N`, counted from 1; `Loss` is all but the filter
    loss: that of the features, of the scores or of the classes. The model
    keeps running means of the two norms, from its single backward pass. The
    paper's choice is `UpdateFilterLossWeight(1 / 300, decay=True)`.

    On conv-interp-1 the first norm also holds the gradient of
    conv-interp-2's filter loss; `benchmarks/lambda_f_gradient.py` prints how
    much that adds.

    Args:
        filter_weight: Weight of the filter loss beside the rest of the loss,
            no unit; `None` means that of `Schedule`. More moves the peaks
            faster and costs accuracy, which the frozen phase wins back.
        decay: Whether the weight falls as `1 / N`.
        every: Batches between two updates.

    Raises:
        ValueError: If an argument is out of range.

    Source:
        Zhang et al. 2018, appendix "Optimization of filter losses", where
        `Loss` is the reconstruction loss, `filter_weight = 1 / 300` and there
        is the decay. Ours lets the filter loss lead, and needs no decay,
        since the track is frozen after some epochs
        (`FreezeInterpretableTrack`) and the rest then wins back accuracy.
    """

    def __init__(
        self,
        filter_weight: float | None = None,
        decay: bool = False,
        every: int = 1,
    ) -> None:
        super().__init__()
        if filter_weight is None:
            filter_weight = Schedule().filter_weight
        if not filter_weight >= 0:
            raise ValueError(
                f"`filter_weight` must be 0 or more, received {filter_weight}."
            )
        if every < 1:
            raise ValueError(f"`every` must be at least 1, received {every}.")
        self.filter_weight = filter_weight
        self.decay = decay
        self.every = every
        self._epoch = 1

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch + 1

    def on_train_begin(self, logs: Any = None) -> None:
        losses = self.model.objective.filter_losses

        def update(filter_weight: Any) -> None:
            for layer in losses:
                layer.update_weight(filter_weight)

        self._update = _in_graph(update, self.model) if losses else None

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self._update and (batch + 1) % self.every == 0:
            falls = self._epoch if self.decay else 1
            self._update(tf.constant(self.filter_weight / falls))


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

    def on_train_begin(self, logs: Any = None) -> None:
        norms = self.model.norms

        def commit() -> None:
            for norm in norms:
                norm.commit_alpha(self.momentum)

        self._commit = _in_graph(commit, self.model)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        encoder = self.model.encoder
        if encoder.parts and encoder.learns_parts:
            # No image passes the norms while parts are found.
            return
        if (batch + 1) % self.every == 0:
            self._commit()


def _in_graph(function: Callable[..., None], model: Any) -> Any:
    """An update of each batch as one call, where there is one device."""
    if model.distribute_strategy.num_replicas_in_sync > 1:
        return function
    return tf.function(function, autograph=False)


class AssignCategories(keras.callbacks.Callback):
    """Assigns each interpretable filter to the category that fires it most.

    Runs at the end of each epoch, over the images of that epoch. Only the
    filter loss `paper` reads the categories while it learns.

    Source:
        Zhang et al. 2018, appendix "Optimization of filter losses". The
        category of an image is the performer's prediction.
    """

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        for layer in self.model.encoder.interpretable:
            layer.filter_categories.assign()
