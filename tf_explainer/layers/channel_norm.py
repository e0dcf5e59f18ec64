"""The norm-layer of the two encoder tracks."""

from typing import Any

import keras
import tensorflow as tf
from keras import ops

from tf_explainer.config.explainer import NORMS
from tf_explainer.distribution.replicas import added_up, whole_mean
from tf_explainer.layers.statistics import add_statistic
from tf_explainer.tensors import Maps, PerFilter, PerImage, Shape, Tensor

# Counts in α for all above: squares of larger activations, added up over
# many images, are no float32.
LARGEST = 1e15


@keras.saving.register_keras_serializable("tf_explainer")
class ChannelNorm(keras.layers.Layer):
    """Divides each channel by its average activation magnitude α.

    `y[b, i, j, k] = x[b, i, j, k] / alpha[k]`, where over the training images

    - `energy`: `alpha[k] = sqrt(E_x[sum_ij max(x[i, j, k], 0) ** 2])`,
    - `sum`, the paper's: `alpha[k] = E_x[sum_ij max(x[i, j, k], 0)]`.

    Both tracks then have channels of equal magnitude, so that the mixing
    weight `p` is the share of the interpretable track. By `sum` that share is
    flattered: a masked map has its activation in few units, and those are
    many times larger than the units of an ordinary map of equal sum. By
    `energy` both tracks move the units of the next layer equally.

    While training the layer adds up the magnitudes it sees;
    `commit_alpha()`, called by `UpdateAlpha`, moves `alpha` towards their
    mean. Inference reads `alpha` only.

    Args:
        norm: `"energy"` or `"sum"`.
        epsilon: Smallest `alpha` used, in activation units. A channel that
            never fires stays at zero instead of being divided by zero.
        scale_free: Whether the gradient has no part along a channel's scale,
            which changes nothing once `alpha` has followed. Without this, a
            channel that would like to be louder runs away from `alpha` step
            by step, and learns little else.
        floor: Smallest `alpha` used, as a share of the mean over channels,
            0 or more. A channel that fires once in hundreds of images would
            otherwise drown all others when it does.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Float tensor `(batch, H, W, channels)`.
        training: Whether to add the inputs to the running magnitudes.
        sample_weight: Optional `(batch,)`, 1 for images that count towards
            `alpha` and 0 for others (negative images, see source).

    Returns:
        Tensor of the shape and dtype of `inputs`.

    Raises:
        ValueError: If `norm` is unknown, `epsilon` not above 0 or
            `floor` negative.

    Source:
        Zhang et al. 2018, section 3.1 "Norm-layer"; appendix "Optimization
        of filter losses" for positive images only; `energy`, `floor` and
        `scale_free` (as the gradient of batch normalization is) are ours.
    """

    def __init__(
        self,
        norm: str,
        epsilon: float = 1e-6,
        floor: float = 0.05,
        scale_free: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if norm not in NORMS:
            raise ValueError(
                f"`norm` must be one of {NORMS}, received {norm!r}."
            )
        if not epsilon > 0:
            raise ValueError(f"`epsilon` must be above 0, received {epsilon}.")
        if not floor >= 0:
            raise ValueError(f"`floor` must be 0 or more, received {floor}.")
        self.norm = norm
        self.epsilon = epsilon
        self.floor = floor
        self.scale_free = scale_free

    def build(self, input_shape: Shape) -> None:
        channels = (input_shape[-1],)
        self.alpha = add_statistic(self, "alpha", channels, "ones")
        self.mean_sum = add_statistic(self, "mean_sum", channels, "ones")
        self.magnitude = add_statistic(self, "magnitude", (2, *channels))
        self.count = add_statistic(self, "count", ())

    def call(
        self,
        inputs: Maps,
        training: bool = False,
        sample_weight: Tensor | None = None,
    ) -> Maps:
        if training:
            magnitudes = _magnitudes(inputs, self.norm)
            self._observe(magnitudes, sample_weight)
            if self.scale_free:
                inputs = self._without_scale(inputs, magnitudes)
        # In float32: 1 / alpha of a channel that hardly fires is no float16.
        scaled = ops.cast(inputs, "float32") * self.inverse_alpha
        return ops.cast(scaled, inputs.dtype)

    @property
    def inverse_alpha(self) -> PerFilter:
        """What the inputs are multiplied with, float32 `(channels,)`."""
        return self._inverse(self.alpha)

    @property
    def inverse_sum(self) -> PerFilter:
        """As `inverse_alpha`, with the paper's α whatever the kind."""
        return self._inverse(self.mean_sum)

    def commit_alpha(self, momentum: float = 0.0) -> None:
        """Moves `alpha` to the mean magnitude seen since the last call.

        Args:
            momentum: Share of the old `alpha` that is kept, in [0, 1).
        """
        means = self.magnitude / ops.maximum(self.count, 1e-12)
        sums, energies = means[0], means[1]
        seen = sums if self.norm == "sum" else ops.sqrt(energies)
        for kept, new in ((self.alpha, seen), (self.mean_sum, sums)):
            moved = momentum * kept + (1 - momentum) * new
            kept.assign(ops.where(self.count > 0, moved, kept))
        self.magnitude.assign(ops.zeros_like(self.magnitude))
        self.count.assign(0.0)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "norm": self.norm,
            "epsilon": self.epsilon,
            "floor": self.floor,
            "scale_free": self.scale_free,
        }

    def _without_scale(
        self, inputs: Maps, magnitudes: tuple[PerImage, PerImage]
    ) -> Maps:
        """The inputs themselves, with a gradient orthogonal to their scale."""
        sums, energies = magnitudes
        if self.norm == "sum":
            seen = _mean_over_images(sums)
        else:
            energy = _mean_over_images(energies)
            seen = ops.sqrt(ops.maximum(energy, self.epsilon**2))
        seen = ops.maximum(seen, self.epsilon)
        factor = ops.stop_gradient(seen) / seen
        return inputs * ops.cast(factor, inputs.dtype)

    def _observe(
        self,
        magnitudes: tuple[PerImage, PerImage],
        sample_weight: Tensor | None,
    ) -> None:
        seen = ops.stop_gradient(ops.stack(magnitudes))
        if sample_weight is None:
            sample_weight = ops.ones_like(seen[0, :, 0])
        weight = ops.cast(sample_weight, "float32")
        weighted = ops.sum(seen * weight[None, :, None], axis=1)
        self.magnitude.assign_add(added_up(weighted))
        self.count.assign_add(added_up(ops.sum(weight)))

    def _inverse(self, alpha: PerFilter) -> PerFilter:
        least = ops.maximum(self.floor * ops.mean(alpha), self.epsilon)
        return 1 / ops.maximum(alpha, least)


def _mean_over_images(magnitudes: PerImage) -> PerFilter:
    """Mean over the images of all replicas, `(channels,)`."""
    return whole_mean(ops.mean(magnitudes, axis=0), magnitudes)


def _magnitudes(inputs: Maps, norm: str) -> tuple[PerImage, PerImage]:
    """Sum and energy of the positive part, `(batch, channels)` each.

    The gradient passes the one that `norm` names: written by hand, it is one
    pass over the maps.
    """

    @tf.custom_gradient
    def found(inputs: Maps) -> Any:
        positive = ops.clip(ops.cast(inputs, "float32"), 0, LARGEST)
        sums = ops.sum(positive, axis=(1, 2))
        energies = ops.sum(ops.square(positive), axis=(1, 2))

        def back(by_sum: PerImage, by_energy: PerImage) -> Maps:
            if norm == "sum":
                fires = ops.cast(positive > 0, "float32")
                return ops.cast(fires * by_sum[:, None, None], inputs.dtype)
            slope = positive * (by_energy[:, None, None] * 2.0)
            return ops.cast(slope, inputs.dtype)

        return (sums, energies), back

    sums, energies = found(inputs)
    return sums, energies
