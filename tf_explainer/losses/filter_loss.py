"""The layer that trains the filters below it towards object parts."""

from typing import Any

import keras
import tensorflow as tf
from keras import ops

from tf_explainer.layers.statistics import add_statistic
from tf_explainer.losses.filter_losses import (
    FILTER_LOSSES,
    FilterContext,
    does_read_views,
)
from tf_explainer.losses.gradient import FilterSetting, filter_gradient
from tf_explainer.tensors import (
    Frames,
    Maps,
    PerFilter,
    PerImage,
    Shape,
    Tensor,
)

STATISTICS = 3


@keras.saving.register_keras_serializable("tf_explainer")
class FilterLoss(keras.layers.Layer):
    """Identity whose backward pass adds the gradient of the filter loss.

    Forward `y = x`; backward `dx = dy + lambda_f * dLoss_f/dx`. The loss is
    put on `x' = gain * x + offset`, by default on `x` itself. On
    conv-interp-2 the explainer hands in `p / alpha` and
    `(1 - p) * x_ordin`, and the gradient reaches `x`, `gain` and `offset`.

    The weights `lambda_f` belong to the callback `UpdateFilterLossWeight`.
    What it needs, `E‖dy‖` and `E‖dLoss_f/dx‖`, leaves the backward pass as
    the "gradient" of `probe`: no second pass and no variable is touched, so
    that it holds under XLA and on several devices.

    Args:
        filter_loss: Its name, see `losses.FILTER_LOSSES`.
        beta: Steepness of the templates, no unit.
        peak_score: Before the loss each filter's maps are divided by the
            root of their mean energy over the batch, so that a single unit
            of that energy scores `peak_score`, no unit. Small scores keep
            `p(x|T)` soft; with large ones few images hold all the
            probability. The loss then does not depend on a filter's scale,
            and its gradient has no part along it: the filter moves its peaks
            instead of growing louder. 0 leaves the maps as they are, and so
            do losses that compare views.
        diversity: Weight of the term that keeps filters apart, read by
            `equivariant`, no unit.
        diversity_reach: How far filters keep each other off, units of the
            map, read by `equivariant`; 0: only those that fire at the same
            unit.
        initial_weight: First value of `lambda_f`, no unit.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Float tensor `(batch, H, W, filters)`, after the ReLU.
        positive: Optional bool `(batch, filters)`, read by `paper`.
        frames: Optional `(batch, 2, 3)`, read by `equivariant`, see
            `FilterContext`.
        gain: Optional `(filters,)` float32.
        offset: Optional float32, shaped as `inputs`.
        probe: Optional zeros `(3, filters)`, float32. Its gradient is
            `[mean ‖dy‖, mean ‖dLoss_f/dx‖, Loss_f]`, norms over the units of
            a map, means over the batch.

    Returns:
        `inputs`.

    Raises:
        ValueError: If an argument is out of range.

    Source:
        Zhang et al. 2018, equations 1 and 2 and appendix "Optimization of
        filter losses". `peak_score` is ours; the paper leaves the scale of
        the maps to chance.
    """

    def __init__(
        self,
        filter_loss: str,
        *,
        beta: float,
        peak_score: float,
        diversity: float,
        diversity_reach: int,
        initial_weight: float = 0.0,
        **kwargs: Any,
    ) -> None:
        # `gain`, `offset` and `probe` stay float32 under mixed precision.
        super().__init__(autocast=False, **kwargs)
        self._gradient = FILTER_LOSSES.get(filter_loss)
        if not beta > 0:
            raise ValueError(f"`beta` must be above 0, received {beta}.")
        for name, value in (
            ("peak_score", peak_score),
            ("diversity", diversity),
            ("diversity_reach", diversity_reach),
            ("initial_weight", initial_weight),
        ):
            if not value >= 0:
                raise ValueError(
                    f"`{name}` must be 0 or more, received {value}."
                )
        self.filter_loss = filter_loss
        self.beta = beta
        self.peak_score = peak_score
        self.diversity = diversity
        self.diversity_reach = diversity_reach
        self.initial_weight = initial_weight

    def build(self, input_shape: Shape) -> None:
        self.lambda_f = add_statistic(
            self,
            "lambda_f",
            (input_shape[-1],),
            keras.initializers.Constant(self.initial_weight),
        )
        self.norms = add_statistic(self, "norms", (2, input_shape[-1]))

    def record(self, statistics: Tensor, momentum: float = 0.9) -> None:
        """Moves the running gradient norms towards those of one batch.

        Args:
            statistics: Gradient of `probe`, `(3, filters)`.
            momentum: Share of the old norms that is kept; the first batch
                replaces them.
        """
        fresh = ops.cast(ops.all(ops.equal(self.norms, 0)), "float32")
        kept = momentum * (1 - fresh)
        moved = kept * self.norms + (1 - kept) * statistics[:2]
        # In float16 the scaled loss may overflow; the optimizer then leaves
        # that batch out, and so do the norms.
        finite = ops.all(ops.isfinite(moved))
        self.norms.assign(ops.where(finite, moved, self.norms))

    def update_weight(self, filter_weight: float) -> None:
        """Sets `lambda_f = filter_weight * E‖dLoss/dx_f‖ / E‖dLoss_f/dx_f‖`.

        `Loss` is all but the filter loss. A filter without a gradient of its
        own, or that the rest of the loss does not reach, gets weight 0.

        Args:
            filter_weight: The paper's `1 / (300 N)` in epoch `N`, no unit.
        """
        rest, own = self.norms[0], self.norms[1]
        floor = 1e-20
        ratio = rest / ops.maximum(own, floor)
        self.lambda_f.assign(
            ops.where(own > floor, filter_weight * ratio, ops.zeros_like(ratio))
        )

    @property
    def reads_views(self) -> bool:
        """Whether the loss compares two views of each image.

        It then reads a filter's own map, not the paper's mixture `x'`.
        """
        return does_read_views(self.filter_loss)

    def value(self, maps: Maps, frames: Frames | None = None) -> PerFilter:
        """Returns `Loss_f` of the maps as they are, `(filters,)`.

        Args:
            maps: Float tensor `(batch, H, W, filters)`.
            frames: See call arguments; without them a loss that compares
                views is 0.
        """
        maps = ops.cast(maps, "float32")
        loss, _ = self._setting.loss_and_slope(maps, None, frames)
        return loss

    @property
    def _setting(self) -> FilterSetting:
        context = FilterContext(self.beta, self.diversity, self.diversity_reach)
        # What compares views reads where peaks are, at any scale.
        peak_score = 0 if self.reads_views else self.peak_score
        return FilterSetting(self._gradient, context, peak_score)

    def call(
        self,
        inputs: Maps,
        positive: PerImage | None = None,
        frames: Frames | None = None,
        gain: PerFilter | None = None,
        offset: Maps | None = None,
        probe: Tensor | None = None,
    ) -> Maps:
        inputs = ops.cast(inputs, self.compute_dtype)
        filters = inputs.shape[-1]
        mixing = None
        if gain is not None or offset is not None:
            mixing = (
                ops.ones((filters,), "float32") if gain is None else gain,
                ops.zeros_like(inputs, "float32") if offset is None else offset,
            )
        if probe is None:
            probe = ops.zeros((STATISTICS, filters), "float32")
        if positive is None:
            positive = ops.ones((1, filters), "bool")
        if frames is None:
            # No views: an empty tensor, since the op takes tensors alone.
            frames = ops.zeros((0, 2, 3), "float32")
        return filter_gradient(
            inputs,
            tf.convert_to_tensor(probe),
            tf.convert_to_tensor(positive),
            tf.convert_to_tensor(frames),
            tf.convert_to_tensor(self.lambda_f),
            self._setting,
            mixing and tuple(map(tf.convert_to_tensor, mixing)),
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "filter_loss": self.filter_loss,
            "beta": self.beta,
            "peak_score": self.peak_score,
            "diversity": self.diversity,
            "diversity_reach": self.diversity_reach,
            "initial_weight": self.initial_weight,
        }
