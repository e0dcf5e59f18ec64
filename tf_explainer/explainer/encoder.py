"""The encoder: interpretable track, ordinary track and their gated sum."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
from keras import ops

from tf_explainer.explainer.interpretable_conv import InterpretableConv
from tf_explainer.layers import ChannelNorm, TrackMixer
from tf_explainer.tensors import Frames, Maps, Scores, Shape, Tensor


class Encoded(NamedTuple):
    """What the encoder makes of a target feature.

    Attributes:
        output: Stands in for the pooled replaced layer.
        interp_1: Masked maps of conv-interp-1 `(batch, H, W, filters)`.
        interp_2: Masked maps of conv-interp-2 `(batch, H, W, filters)`.
    """

    output: Maps
    interp_1: Maps
    interp_2: Maps


@keras.saving.register_keras_serializable("tf_explainer")
class Encoder(keras.layers.Layer):
    """Turns the target feature into object parts and back into one map.

    conv-interp-1 → ReLU → mask → conv-interp-2 → ReLU → mask → norm → pool,
    beside conv-ordin → ReLU → norm → pool; then
    `magnitude * (p * x_interp + (1 - p) * x_ordin)`.

    Args:
        filters: Number of filters of each of the three conv-layers.
        categories: Number of categories of the performer.
        pool: Config of the performer's pooling layer behind the replaced
            layer, as of `keras.saving.serialize_keras_object`, or `None`.
        filter_loss: Name of both filter losses, see `FilterLoss`.
        peak_score: See `FilterLoss`.
        diversity: See `FilterLoss`.
        diversity_reach: See `FilterLoss`.
        beta: Steepness of templates and masks, no unit.
        mask: See `PartMask`; `"none"` for none.
        silence: Share of images in which a filter of conv-interp-2 stays
            silent, see `PartMask`.
        norm: What the norm-layers make equal, see `ChannelNorm`.
        initial_p: `p` before training.
        p_rate: How fast the logit of `p` moves, see `TrackMixer`.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Target feature `(batch, H, W, channels)`.
        labels: One-hot categories predicted by the performer, or `None`.
        frames: How the images moved, see `FilterContext`, or `None`.
        sample_weight: `(batch,)`, 0 for images that do not count towards α.
        probes: `(probe_1, probe_2)` of the two filter losses, or `None`.
        training: Whether statistics are gathered, and the ordinary track is
            dropped as `mixer.ordinary_dropout` says.

    Returns:
        `Encoded(output, interp_1, interp_2)`; the maps are masked.

    Source:
        Zhang et al. 2018, section 3.1, figure 2. `magnitude` is ours: the
        copied fc weights expect the performer's magnitudes, not unit ones.
    """

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
        norm: str,
        initial_p: float,
        p_rate: float,
        **kwargs: Any,
    ) -> None:
        # The probes stay float32 under mixed precision.
        super().__init__(autocast=False, **kwargs)
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
        self._config = {
            **interpretable,
            "pool": pool,
            "silence": silence,
            "norm": norm,
            "initial_p": initial_p,
            "p_rate": p_rate,
        }
        self.filters = filters
        policy = self.dtype_policy
        self.interp_1 = InterpretableConv(
            **interpretable, silence=0.0, dtype=policy, name="interp_1"
        )
        # The last layer alone speaks for parts; the first one feeds it.
        self.interp_2 = InterpretableConv(
            **interpretable, silence=silence, dtype=policy, name="interp_2"
        )
        self.conv_ordin = keras.layers.Conv2D(
            filters,
            3,
            padding="same",
            data_format="channels_last",
            activation="relu",
            kernel_initializer="he_normal",
            dtype=policy,
            name="conv_ordin",
        )
        norms = {"scale_free": True, "dtype": policy}
        self.norm_interp = ChannelNorm(norm, name="norm_interp", **norms)
        self.norm_ordin = ChannelNorm(norm, name="norm_ordin", **norms)
        self.pool = (
            keras.saving.deserialize_keras_object(pool) if pool else None
        )
        self.mixer = TrackMixer(
            initial_p=initial_p,
            p_rate=p_rate,
            # Until the callback `FreezeInterpretableTrack` says otherwise.
            ordinary_dropout=0.0,
            dtype=policy,
            name="track_mixer",
        )

    @property
    def interpretable(self) -> tuple[InterpretableConv, InterpretableConv]:
        """The two interpretable conv-layers, lower first."""
        return self.interp_1, self.interp_2

    def build(self, input_shape: Shape) -> None:
        maps = (*input_shape[:-1], self.filters)
        self.interp_1.build(input_shape)
        self.interp_2.build(maps)
        self.conv_ordin.build(input_shape)
        self.norm_interp.build(maps)
        self.norm_ordin.build(maps)
        self.mixer.build([maps, maps])
        self.magnitude = self.add_weight(
            name="magnitude",
            shape=(self.filters,),
            initializer="ones",
            trainable=False,
            dtype="float32",
            autocast=False,
            aggregation="mean",
        )

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
        observed = {"sample_weight": sample_weight, "training": training}
        rectified = self.conv_ordin(inputs)
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
            **self._loss_map(rectified),
        )
        ordin = self.norm_ordin(rectified, **observed)
        interp = self.norm_interp(interp_2, **observed)
        mixed = self.mixer(
            [self.pooled(interp), self.pooled(ordin)], training=training
        )
        output = mixed * ops.cast(self.magnitude, mixed.dtype)
        return Encoded(output, interp_1, interp_2)

    def compute_output_shape(self, input_shape: Shape) -> Encoded:
        maps = (*input_shape[:-1], self.filters)
        output = self.pool.compute_output_shape(maps) if self.pool else maps
        return Encoded(output, maps, maps)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **self._config}

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

    def pooled(self, maps: Maps) -> Maps:
        """Returns the maps after the performer's pooling layer.

        Args:
            maps: `(batch, H, W, channels)`.
        """
        return maps if self.pool is None else self.pool(maps)
