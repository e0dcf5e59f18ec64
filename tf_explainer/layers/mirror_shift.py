"""Further views of a target feature."""

from typing import Any

import keras
from keras import ops

from tf_explainer.distribution.replicas import drawn_rows
from tf_explainer.tensors import Maps, Shape


@keras.saving.register_keras_serializable("tf_explainer")
class MirrorShift(keras.layers.Layer):
    """Mirrors and shifts the maps of a batch.

    What the upper layers of the performer make of such a feature is as good a
    lesson for the decoder as what they make of an image, and costs no run
    through the trunk. Every call draws anew, in inference too.

    Args:
        shift: Largest shift of the batch along each axis, units of the map;
            what comes in from outside is 0, as in a padded convolution.
        seed: Seed of the draws.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Target feature `(batch, H, W, channels)`.

    Returns:
        Tensor of the shape and dtype of `inputs`: half of the images are
        mirrored.

    Raises:
        ValueError: If `shift` is negative.

    Source:
        Beyer et al. 2022, "Knowledge distillation: A good teacher is patient
        and consistent", on images; ours on the target feature.
    """

    def __init__(
        self,
        shift: int,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if shift < 0:
            raise ValueError(f"`shift` must be 0 or more, received {shift}.")
        self.shift = shift
        self.seed = seed
        self.draws = keras.random.SeedGenerator(seed)

    def call(self, inputs: Maps) -> Maps:
        draws = drawn_rows(
            lambda rows: keras.random.uniform((rows, 1, 1, 1), seed=self.draws),
            inputs,
        )
        maps = ops.where(draws < 0.5, ops.flip(inputs, axis=2), inputs)
        maps = self._shifted(maps)
        # Earlier measurements drew twice more in each call: with the same
        # seed they come out the same.
        for _ in range(2):
            self.draws.next()
        return maps

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "shift": self.shift,
            "seed": self.seed,
        }

    def _shifted(self, maps: Maps) -> Maps:
        if self.shift == 0:
            return maps
        margin = (self.shift, self.shift)
        padded = ops.pad(maps, ((0, 0), margin, margin, (0, 0)))
        row, column = ops.unstack(
            keras.random.randint((2,), 0, 2 * self.shift + 1, seed=self.draws)
        )
        return ops.slice(padded, (0, row, column, 0), ops.shape(maps))
