"""Further views of a target feature."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("tf_explainer")
class MirrorShiftMix(keras.layers.Layer):
    """Mirrors, shifts and mixes the maps of a batch.

    What the upper layers of the performer make of such a feature is as good a
    lesson for the decoder as what they make of an image, and costs no run
    through the trunk. Every call draws anew, in inference too.

    Args:
        shift: Largest shift of the batch along each axis, units of the map;
            what comes in from outside is 0, as in a padded convolution.
        mix: Share of images mixed with another one of the batch, in [0, 1].
        seed: Seed of the draws.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Target feature `(batch, H, W, channels)`.

    Returns:
        Tensor of the shape and dtype of `inputs`: half of the images are
        mirrored, and a mixed one is `w * x + (1 - w) * y` with `w` drawn
        evenly from [0.5, 1]. In a batch of an odd number the middle image has
        no partner and stays as it is.

    Raises:
        ValueError: If an argument is out of range.

    Source:
        Beyer et al. 2022, "Knowledge distillation: A good teacher is patient
        and consistent", on images; ours on the target feature.
    """

    def __init__(
        self,
        shift: int = 2,
        mix: float = 0.5,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if shift < 0:
            raise ValueError(f"`shift` must be 0 or more, received {shift}.")
        if not 0 <= mix <= 1:
            raise ValueError(f"`mix` must lie in [0, 1], received {mix}.")
        self.shift = shift
        self.mix = mix
        self.seed = seed
        self.draws = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any) -> Any:
        mirrored = self._draw(inputs) < 0.5
        maps = ops.where(mirrored, ops.flip(inputs, axis=2), inputs)
        maps = self._shifted(maps)
        weight = 0.5 + 0.5 * self._draw(inputs)
        weight = ops.where(self._draw(inputs) < self.mix, weight, 1.0)
        weight = ops.cast(weight, maps.dtype)
        return weight * maps + (1 - weight) * ops.flip(maps, axis=0)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "shift": self.shift,
            "mix": self.mix,
            "seed": self.seed,
        }

    def _shifted(self, maps: Any) -> Any:
        if self.shift == 0:
            return maps
        margin = (self.shift, self.shift)
        padded = ops.pad(maps, ((0, 0), margin, margin, (0, 0)))
        row, column = ops.unstack(
            keras.random.randint((2,), 0, 2 * self.shift + 1, seed=self.draws)
        )
        return ops.slice(padded, (0, row, column, 0), ops.shape(maps))

    def _draw(self, inputs: Any) -> Any:
        """One number in [0, 1) for each image, `(batch, 1, 1, 1)`."""
        shape = (ops.shape(inputs)[0], 1, 1, 1)
        return keras.random.uniform(shape, seed=self.draws)
