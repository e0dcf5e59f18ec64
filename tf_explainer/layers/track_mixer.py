"""The gated sum of the interpretable and the ordinary track."""

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from tf_explainer.distribution.replicas import drawn_rows
from tf_explainer.tensors import Maps, Scalar, Shape, Tensor


@keras.saving.register_keras_serializable("tf_explainer")
class TrackMixer(keras.layers.Layer):
    """Mixes two tracks with one learned share `p = sigmoid(p_rate * w_p)`.

    `x_enc = p * x_interp + (1 - p) * x_ordin`

    Args:
        initial_p: Value of `p` before training, in (0, 1).
        p_rate: How many times as fast as an ordinary weight the logit of `p`
            moves, no unit. Adam and its kin step every weight by about the
            learning rate, so that at 1e-4 a logit with `p_rate=1` needs
            thousands of steps to leave zero. Under plain SGD the logit moves
            `p_rate ** 2` times as fast.
        ordinary_dropout: Share of images for which the ordinary track is left
            out in training, in [0, 1). What reads the mixture then learns to
            do with the interpretable track alone; it would otherwise read the
            ordinary one, however small its share `1 - p` is.
        noise: Standard deviation of what is added to the mixture in training,
            as a share of a channel's root mean square where the norm-layers
            give each channel the energy 1, no unit. What is small in the
            mixture is then lost; what reads it could otherwise blow up what
            `p` makes small.
        seed: Seed of the images that are chosen, and of the noise.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Pair `(x_interp, x_ordin)` of tensors of one shape, images on
            the first axis.
        training: Whether `ordinary_dropout` and `noise` apply.

    Returns:
        Tensor of the shape of either input.

    Raises:
        ValueError: If an argument is out of range.

    Source:
        Zhang et al. 2018, section 3.1 "Encoder", where `p_rate` is 1 and the
        loss terms are large instead. `ordinary_dropout` is ours, after
        Neverova et al. 2016, "ModDrop: Adaptive multi-modal gesture
        recognition", who drop whole channels of input so.
    """

    def __init__(
        self,
        *,
        initial_p: float,
        p_rate: float,
        ordinary_dropout: float,
        noise: float,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not 0 < initial_p < 1:
            raise ValueError(
                f"`initial_p` must lie in (0, 1), received {initial_p}."
            )
        if not p_rate > 0:
            raise ValueError(f"`p_rate` must be above 0, received {p_rate}.")
        self.initial_p = initial_p
        self.p_rate = p_rate
        self.ordinary_dropout = ordinary_dropout
        self.noise = noise
        self.seed = seed
        self.draws = keras.random.SeedGenerator(seed)

    def build(self, input_shape: Sequence[Shape]) -> None:
        logit = math.log(self.initial_p / (1 - self.initial_p))
        self.w_p = self.add_weight(
            name="w_p",
            shape=(),
            initializer=keras.initializers.Constant(logit / self.p_rate),
        )

    @property
    def ordinary_dropout(self) -> float:
        """Share of images without the ordinary track in training."""
        return self._ordinary_dropout

    @ordinary_dropout.setter
    def ordinary_dropout(self, share: float) -> None:
        if not 0 <= share < 1:
            raise ValueError(
                f"`ordinary_dropout` must lie in [0, 1), received {share}."
            )
        self._ordinary_dropout = share

    @property
    def logit(self) -> Scalar:
        """Logit of `p`, a scalar tensor."""
        return self.p_rate * ops.convert_to_tensor(self.w_p)

    @property
    def p(self) -> Scalar:
        """Share of the interpretable track, a scalar tensor in (0, 1)."""
        return ops.sigmoid(self.logit)

    def call(self, inputs: Sequence[Maps], training: bool = False) -> Maps:
        x_interp, x_ordin = inputs
        p = ops.cast(self.p, x_interp.dtype)
        if training and self.ordinary_dropout:
            x_ordin = x_ordin * self._kept(x_ordin)
        mixed = p * x_interp + (1 - p) * x_ordin
        if training and self.noise:
            mixed = mixed + self._drawn_noise(mixed)
        return mixed

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        return input_shape[0]

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "initial_p": self.initial_p,
            "p_rate": self.p_rate,
            "ordinary_dropout": self.ordinary_dropout,
            "noise": self.noise,
            "seed": self.seed,
        }

    def _drawn_noise(self, mixed: Maps) -> Maps:
        units = math.prod(mixed.shape[1:-1])
        sides = tuple(mixed.shape[1:])
        drawn = drawn_rows(
            lambda rows: keras.random.normal((rows, *sides), seed=self.draws),
            mixed,
        )
        return ops.cast(self.noise / math.sqrt(units) * drawn, mixed.dtype)

    def _kept(self, maps: Maps) -> Tensor:
        """1 for images that keep the ordinary track, 0 for the others."""
        sides = [1] * (len(maps.shape) - 1)
        drawn = drawn_rows(
            lambda rows: keras.random.uniform((rows, *sides), seed=self.draws),
            maps,
        )
        return ops.cast(drawn >= self.ordinary_dropout, maps.dtype)
