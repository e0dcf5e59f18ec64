"""What both encoders have: the ordinary track, norms, and the gated sum."""

from typing import Any, NamedTuple

import keras
from keras import ops

from tf_explainer.layers import ChannelNorm, TrackMixer
from tf_explainer.layers.statistics import add_statistic
from tf_explainer.tensors import Maps, Shape, Tensor


class Encoded(NamedTuple):
    """What an encoder makes of a target feature.

    Attributes:
        output: Stands in for the pooled replaced layer.
        interp_1: Masked maps of conv-interp-1 `(batch, H, W, filters)`.
        interp_2: Masked maps of conv-interp-2 `(batch, H, W, filters)`.
        ordinary: Maps of conv-ordin `(batch, H, W, filters)`.
    """

    output: Maps
    interp_1: Maps
    interp_2: Maps
    ordinary: Maps

    @property
    def part_maps(self) -> None:
        """There are none: Keras takes no `None` for an output."""
        return None


class EncodedParts(NamedTuple):
    """What an encoder with parts makes of a target feature.

    Attributes:
        output: Stands in for the pooled replaced layer.
        interp_1: Maps of conv-interp-2 before the parts gate them.
        interp_2: Gated maps of conv-interp-2 `(batch, H, W, filters)`.
        ordinary: Maps of conv-ordin, of the background alone.
        part_maps: `(batch, H, W, parts + 1)`, the last one the background,
            see `PartHead`.
    """

    output: Maps
    interp_1: Maps
    interp_2: Maps
    ordinary: Maps
    part_maps: Maps


class TwoTracks(keras.layers.Layer):
    """Base of the encoders: `magnitude * (p * x_interp + (1 - p) * x_ordin)`.

    Args:
        filters: Number of filters of each track.
        pool: Config of the performer's pooling layer behind the replaced
            layer, as of `keras.saving.serialize_keras_object`, or `None`.
        norm: What the norm-layers make equal, see `ChannelNorm`.
        initial_p: `p` before training.
        p_rate: How fast the logit of `p` moves, see `TrackMixer`.
        **kwargs: Base layer keyword arguments, such as `name`.

    Source:
        Zhang et al. 2018, section 3.1, figure 2. `magnitude` is ours: the
        copied fc weights expect the performer's magnitudes, not unit ones.
    """

    def __init__(
        self,
        filters: int,
        pool: dict[str, Any] | None,
        *,
        norm: str,
        initial_p: float,
        p_rate: float,
        **kwargs: Any,
    ) -> None:
        # Statistics and probes stay float32 under mixed precision.
        super().__init__(autocast=False, **kwargs)
        self._config = {
            "filters": filters,
            "pool": pool,
            "norm": norm,
            "initial_p": initial_p,
            "p_rate": p_rate,
        }
        self.filters = filters
        policy = self.dtype_policy
        self.conv_ordin = self._conv("conv_ordin", activation="relu")
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
            noise=0.0,
            dtype=policy,
            name="track_mixer",
        )

    @property
    def settling(self) -> tuple[keras.layers.Layer, ...]:
        """Layers that stand still once the parts do."""
        raise NotImplementedError

    @property
    def learns_parts(self) -> bool:
        """Whether parts are still being found; then they stand still."""
        return bool(self.settling[0].trainable)

    def build(self, input_shape: Shape) -> None:
        maps = (*input_shape[:-1], self.filters)
        self.conv_ordin.build(input_shape)
        self.norm_interp.build(maps)
        self.norm_ordin.build(maps)
        self.mixer.build([maps, maps])
        self.magnitude = add_statistic(
            self, "magnitude", (self.filters,), "ones"
        )

    def mixed(
        self,
        interp: Maps,
        ordinary: Maps,
        training: bool = False,
        sample_weight: Tensor | None = None,
    ) -> Maps:
        """Returns the encoder's output from the maps of its two tracks.

        Args:
            interp: Maps of the interpretable track `(batch, H, W, filters)`.
            ordinary: Maps of the ordinary track, of the same shape.
            training: Whether the norms gather statistics, and the ordinary
                track is dropped.
            sample_weight: `(batch,)`, 0 for images that do not count towards
                α.
        """
        observed = {"sample_weight": sample_weight, "training": training}
        tracks = (
            self.pooled(self.norm_interp(interp, **observed)),
            self.pooled(self.norm_ordin(ordinary, **observed)),
        )
        mixture = self.mixer(tracks, training=training)
        return mixture * ops.cast(self.magnitude, mixture.dtype)

    def pooled(self, maps: Maps) -> Maps:
        """Returns the maps after the performer's pooling layer.

        Args:
            maps: `(batch, H, W, channels)`.
        """
        return maps if self.pool is None else self.pool(maps)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **self._config}

    def _conv(self, name: str, **given: Any) -> keras.layers.Layer:
        return keras.layers.Conv2D(
            self.filters,
            3,
            padding="same",
            data_format="channels_last",
            kernel_initializer="he_normal",
            dtype=self.dtype_policy,
            name=name,
            **given,
        )
