"""One interpretable conv-layer: conv, ReLU, filter loss, mask."""

from typing import Any

import keras
from keras import ops

from tf_explainer.layers import FilterCategories, PartMask
from tf_explainer.losses import FilterLoss
from tf_explainer.tensors import (
    Frames,
    Maps,
    PerFilter,
    Scores,
    Shape,
    Tensor,
)


@keras.saving.register_keras_serializable("tf_explainer")
class InterpretableConv(keras.layers.Layer):
    """A 3 × 3 conv-layer whose filters are trained to be object parts.

    Args:
        filters: Number of filters.
        categories: Number of categories of the performer.
        filter_loss: Name of the filter loss, see `FilterLoss`.
        peak_score: See `FilterLoss`.
        diversity: See `FilterLoss`.
        diversity_reach: See `FilterLoss`.
        beta: Steepness of templates and mask, no unit.
        mask: See `PartMask`; `"none"` for none.
        silence: See `PartMask`.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Float tensor `(batch, H, W, channels)`.
        labels: One-hot categories predicted by the performer.
        frames: See `FilterLoss`.
        gain: See `FilterLoss`.
        offset: See `FilterLoss`.
        probe: See `FilterLoss`; `None` leaves the filter loss out.
        training: Whether statistics are gathered.

    Returns:
        The masked maps `(batch, H, W, filters)`.

    Source:
        Zhang et al. 2018, section 3.1 and figure 2.
    """

    def __init__(
        self,
        filters: int,
        categories: int,
        *,
        filter_loss: str,
        peak_score: float,
        diversity: float,
        diversity_reach: int,
        beta: float,
        mask: str,
        silence: float,
        **kwargs: Any,
    ) -> None:
        # `gain`, `offset` and `probe` stay float32 under mixed precision.
        super().__init__(autocast=False, **kwargs)
        self.filters = filters
        self.categories = categories
        loss: dict[str, Any] = {
            "filter_loss": filter_loss,
            "peak_score": peak_score,
            "diversity": diversity,
            "diversity_reach": diversity_reach,
            "beta": beta,
        }
        masking: dict[str, Any] = {"mask": mask, "silence": silence}
        self._config = {
            "filters": filters,
            "categories": categories,
            **loss,
            **masking,
        }
        policy = self.dtype_policy
        self.conv = keras.layers.Conv2D(
            filters,
            3,
            padding="same",
            data_format="channels_last",
            kernel_initializer="he_normal",
            dtype=policy,
            name="conv",
        )
        self.filter_loss = FilterLoss(**loss, dtype=policy, name="filter_loss")
        self.filter_categories = FilterCategories(
            categories, dtype=policy, name="filter_categories"
        )
        self.mask = (
            None
            if mask == "none"
            else PartMask(beta=beta, **masking, dtype=policy, name="mask")
        )

    def build(self, input_shape: Shape) -> None:
        self.conv.build(input_shape)
        maps = (*input_shape[:-1], self.filters)
        self.filter_loss.build(maps)
        self.filter_categories.build(maps)
        if self.mask is not None:
            self.mask.build(maps)

    def call(
        self,
        inputs: Maps,
        labels: Scores | None = None,
        frames: Frames | None = None,
        gain: PerFilter | None = None,
        offset: Maps | None = None,
        probe: Tensor | None = None,
        training: bool = False,
    ) -> Maps:
        maps = ops.relu(self.conv(ops.cast(inputs, self.compute_dtype)))
        if labels is not None:
            positive = self.filter_categories(maps, labels, training=training)
            if probe is not None:
                maps = self.filter_loss(
                    maps,
                    positive=positive,
                    frames=frames,
                    gain=gain,
                    offset=offset,
                    probe=probe,
                )
        if self.mask is None:
            return maps
        return self.mask(maps, training=training)

    def compute_output_shape(self, input_shape: Shape, *_: Any) -> Shape:
        return (*input_shape[:-1], self.filters)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **self._config}
