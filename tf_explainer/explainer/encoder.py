"""The paper's encoder: each filter of the interpretable track for itself."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from tf_explainer.explainer.interpretable_conv import InterpretableConv
from tf_explainer.explainer.two_tracks import Encoded, TwoTracks
from tf_explainer.tensors import Frames, Maps, Scores, Shape, Tensor


@keras.saving.register_keras_serializable("tf_explainer")
class Encoder(TwoTracks):
    """Turns the target feature into object parts and back into one map.

    conv-interp-1 → ReLU → mask → conv-interp-2 → ReLU → mask → norm → pool,
    beside conv-ordin → ReLU → norm → pool; then
    `magnitude * (p * x_interp + (1 - p) * x_ordin)`.

    Args:
        filters: Number of filters of each of the three conv-layers.
        categories: Number of categories of the performer.
        pool: See `TwoTracks`.
        filter_loss: Name of both filter losses, see `FilterLoss`.
        peak_score: See `FilterLoss`.
        diversity: See `FilterLoss`.
        diversity_reach: See `FilterLoss`.
        beta: Steepness of templates and masks, no unit.
        mask: See `PartMask`; `"none"` for none.
        silence: Share of images in which a filter of conv-interp-2 stays
            silent, see `PartMask`.
        **kwargs: Further arguments of `TwoTracks`.

    Call arguments:
        inputs: Target feature `(batch, H, W, channels)`.
        labels: One-hot categories predicted by the performer, or `None`.
        frames: How the images moved, see `FilterContext`, or `None`.
        sample_weight: `(batch,)`, 0 for images that do not count towards α.
        probes: `(probe_1, probe_2)` of the two filter losses, or `None`.
        training: Whether statistics are gathered, and the ordinary track is
            dropped as `mixer.ordinary_dropout` says.

    Returns:
        `Encoded`; the maps are masked, and there are no part maps.

    Source:
        Zhang et al. 2018, section 3.1, figure 2.
    """

    parts = 0

    def __init__(
        self,
        filters: int,
        categories: int,
        pool: dict[str, Any] | None = None,
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
        super().__init__(filters, pool, **kwargs)
        interpretable: dict[str, Any] = {
            "filters": filters,
            "categories": categories,
            "filter_loss": filter_loss,
            "peak_score": peak_score,
            "diversity": diversity,
            "diversity_reach": diversity_reach,
            "beta": beta,
            "mask": mask,
        }
        self._config |= {**interpretable, "silence": silence}
        policy = self.dtype_policy
        self.interp_1 = InterpretableConv(
            **interpretable, silence=0.0, dtype=policy, name="interp_1"
        )
        # The last layer alone speaks for parts; the first one feeds it.
        self.interp_2 = InterpretableConv(
            **interpretable, silence=silence, dtype=policy, name="interp_2"
        )

    @property
    def interpretable(self) -> tuple[InterpretableConv, ...]:
        """The two interpretable conv-layers, lower first."""
        return self.interp_1, self.interp_2

    @property
    def copied(self) -> tuple[keras.layers.Layer, ...]:
        """Conv-layers of the target that start as the performer's own."""
        return self.interp_1.conv, self.conv_ordin

    @property
    def settling(self) -> tuple[keras.layers.Layer, ...]:
        """Layers that stand still once the parts do: with them, `p` does."""
        return (*self.interpretable, self.mixer)

    def build(self, input_shape: Shape) -> None:
        self.interp_1.build(input_shape)
        self.interp_2.build((*input_shape[:-1], self.filters))
        super().build(input_shape)

    def call(
        self,
        inputs: Maps,
        labels: Scores | None = None,
        frames: Frames | None = None,
        sample_weight: Tensor | None = None,
        probes: Sequence[Tensor] | None = None,
        training: bool = False,
    ) -> Encoded:
        inputs = ops.cast(inputs, self.compute_dtype)
        probe_1, probe_2 = probes or (None, None)
        ordinary = self.conv_ordin(inputs)
        interp_1 = self.interp_1(
            inputs,
            labels=labels,
            frames=frames,
            probe=probe_1,
            training=training,
        )
        interp_2 = self.interp_2(
            interp_1,
            labels=labels,
            frames=frames,
            probe=probe_2,
            training=training,
            **self._loss_map(ordinary),
        )
        output = self.mixed(interp_2, ordinary, training, sample_weight)
        return Encoded(output, interp_1, interp_2, ordinary)

    def compute_output_shape(self, input_shape: Shape) -> Encoded:
        maps = (*input_shape[:-1], self.filters)
        output = self.pool.compute_output_shape(maps) if self.pool else maps
        return Encoded(output, maps, maps, maps)

    def _loss_map(self, ordin: Maps) -> dict[str, Tensor]:
        """`x' = p * x_f / alpha_f + (1 - p) * x_ordin`, as gain and offset.

        Both tracks by the paper's `alpha`: by energy, a filter's one peak
        would drown in the many small units of the ordinary track. That track
        is a constant here; `p` is not. A loss that compares views reads the
        filter's own map.
        """
        if self.interp_2.filter_loss.reads_views:
            return {}
        p = ops.cast(self.mixer.p, "float32")
        ordin = ops.stop_gradient(ops.cast(ordin, "float32"))
        return {
            "gain": p * self.norm_interp.inverse_sum,
            "offset": (1 - p) * self.norm_ordin.inverse_sum * ordin,
        }
