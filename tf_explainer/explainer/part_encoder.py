"""The encoder with parts: *where* they are apart from *what* they show."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from scipy.optimize import linear_sum_assignment

from tf_explainer.explainer.two_tracks import EncodedParts, TwoTracks
from tf_explainer.layers import PartHead, PartMask
from tf_explainer.layers.statistics import add_statistic
from tf_explainer.tensors import Frames, Maps, PerImage, Scores, Shape, Tensor


@keras.saving.register_keras_serializable("tf_explainer")
class PartEncoder(TwoTracks):
    """Turns the target feature into the filters of K parts, and a background.

    - *Where*: `PartHead` gives a map `a_k` of each part, and `a_bg` of the
      background; no gradient of what follows reaches it.
    - *What*: the filters of conv-interp-2 belong to parts,
      `x_f = ReLU(conv_f(x)) * a_k * T(mu_k)` for filter f of part k, where
      `T` is the paper's mask around the peak `mu_k` of `a_k`. The ordinary
      track sees the background alone, `ReLU(conv(x)) * a_bg`.

    Args:
        filters: Number of filters of each of the two conv-layers.
        parts: Number of parts K.
        pool: See `TwoTracks`.
        beta: Steepness of the masks, see `PartMask`.
        **kwargs: Further arguments of `TwoTracks`.

    Call arguments:
        inputs: Target feature `(batch, H, W, channels)`.
        labels: Not read; all encoders are called alike.
        frames: Not read.
        sample_weight: `(batch,)`, 0 for images that do not count towards α.
        probes: Not read: no filter loss squeezes the filters.
        kept: `(batch, parts)`, 1 for parts that stay, 0 for parts that are
            left out; `None` keeps all.
        part_maps: What `part_maps` gives of the inputs, if it is known.
        training: As of `Encoder`.

    Returns:
        `EncodedParts`.

    Source:
        Ours; masks, norms and gated sum as in Zhang et al. 2018, section 3.1.
    """

    interpretable = ()

    def __init__(
        self,
        filters: int,
        parts: int,
        pool: dict[str, Any] | None = None,
        *,
        beta: float,
        **kwargs: Any,
    ) -> None:
        super().__init__(filters, pool, **kwargs)
        self._config |= {"parts": parts, "beta": beta}
        self.parts = parts
        policy = self.dtype_policy
        self.part_head = PartHead(parts, dtype=policy, name="part_head")
        self.conv_interp = self._conv("conv_interp", activation="relu")
        self.mask = PartMask(
            beta=beta, mask="argmax", silence=0.0, dtype=policy, name="mask"
        )
        self.draws = keras.random.SeedGenerator()

    @property
    def copied(self) -> tuple[keras.layers.Layer, ...]:
        """Conv-layers of the target that start as the performer's own."""
        return self.conv_interp, self.conv_ordin

    @property
    def settling(self) -> tuple[keras.layers.Layer, ...]:
        """What stands still once the parts do."""
        return (self.part_head,)

    @property
    def part_of_filter(self) -> np.ndarray:
        """Index of the part that each filter belongs to, int `(filters,)`."""
        return np.asarray(self.membership).argmax(axis=0)

    def build(self, input_shape: Shape) -> None:
        self.part_head.build(input_shape)
        self.conv_interp.build(input_shape)
        self.mask.build((*input_shape[:-1], self.parts))
        self.membership = add_statistic(
            self, "membership", (self.parts, self.filters), _in_turn
        )
        super().build(input_shape)

    def call(
        self,
        inputs: Maps,
        labels: Scores | None = None,
        frames: Frames | None = None,
        sample_weight: Tensor | None = None,
        probes: Sequence[Tensor] | None = None,
        kept: PerImage | None = None,
        part_maps: Maps | None = None,
        training: bool = False,
    ) -> EncodedParts:
        maps = self.part_maps(inputs) if part_maps is None else part_maps
        inputs = ops.cast(inputs, self.compute_dtype)
        rectified = self.conv_interp(inputs)
        interp = rectified * self.gates(maps, kept, rectified.dtype)
        alone = ops.cast(maps[..., self.parts :], rectified.dtype)
        ordinary = self.conv_ordin(inputs) * alone
        if kept is not None:
            # What is removed says nothing of how much a filter shows.
            whole = ops.min(ops.cast(kept, "float32"), axis=-1)
            counts = 1.0 if sample_weight is None else sample_weight
            sample_weight = whole * counts
        output = self.mixed(interp, ordinary, training, sample_weight)
        maps = ops.cast(maps, self.compute_dtype)
        return EncodedParts(output, rectified, interp, ordinary, maps)

    def part_maps(self, inputs: Maps) -> Maps:
        """Returns the maps of the parts and the background, float32.

        No gradient passes them.

        Args:
            inputs: Target feature `(batch, H, W, channels)`.
        """
        # Not by the layer itself: bfloat16 has no peak between 0.99 and 1.
        logits = self.part_head.logits(inputs)
        return ops.stop_gradient(ops.softmax(logits, axis=-1))

    def gates(
        self, maps: Maps, kept: PerImage | None = None, dtype: Any = "float32"
    ) -> Maps:
        """Returns what each filter's map is multiplied with.

        Args:
            maps: Part maps `(batch, H, W, parts + 1)`.
            kept: `(batch, parts)`, see the call arguments.
            dtype: Of what is returned.

        Returns:
            `(batch, H, W, filters)`, in [0, 1].
        """
        gates = ops.cast(self.mask(maps[..., : self.parts]), "float32")
        if kept is not None:
            gates = gates * ops.cast(kept, "float32")[:, None, None]
        return ops.cast(ops.matmul(gates, self.membership), dtype)

    def reorder(self, order: Any) -> None:
        """Puts the parts into another order; each keeps its filters.

        Args:
            order: int `(parts,)`, which part comes first, second, ….
        """
        self.part_head.reorder(order)
        self.membership.assign(ops.take(self.membership, order, axis=0))

    def give_filters(self, energies: Any) -> None:
        """Gives each part its share of the filters.

        Parts that are silent get none.

        Args:
            energies: float `(filters, parts)`, how much of what a filter
                shows lies where a part is; each part gets filters that do.

        Source:
            Ours: a balanced assignment, so that the copied weights still fit.
        """
        energies = np.asarray(energies, np.float64)
        there = np.flatnonzero(np.asarray(self.part_head.silence) < 0.5)
        places = np.repeat(there, -(-self.filters // len(there)))
        total = np.maximum(energies.sum(axis=1, keepdims=True), 1e-12)
        _, chosen = linear_sum_assignment(-(energies / total)[:, places])
        self.membership.assign(np.eye(self.parts)[places[chosen]].T)

    def compute_output_shape(self, input_shape: Shape) -> EncodedParts:
        maps = (*input_shape[:-1], self.filters)
        output = self.pool.compute_output_shape(maps) if self.pool else maps
        parts = (*input_shape[:-1], self.parts + 1)
        return EncodedParts(output, maps, maps, maps, parts)


def _in_turn(shape: Shape, dtype: Any = None) -> Tensor:
    """Filters given to parts in turn, `(parts, filters)`."""
    parts, filters = (int(side or 0) for side in shape)
    return ops.cast(np.eye(parts)[np.arange(filters) % parts].T, dtype)


def standardize(part_head: PartHead, features: tf.data.Dataset) -> None:
    """Tells the part head how the target feature is distributed.

    Args:
        part_head: Where parts are.
        features: Batches of the performer's features.
    """
    total, squares, units = 0.0, 0.0, 0
    for batch in features:
        target = np.asarray(batch["target"], np.float64)
        total = total + target.sum(axis=(0, 1, 2))
        squares = squares + (target**2).sum(axis=(0, 1, 2))
        units += target[..., 0].size
    mean = total / units
    variance = np.maximum(squares / units - mean**2, 0)
    part_head.standardize(mean, np.sqrt(variance))
