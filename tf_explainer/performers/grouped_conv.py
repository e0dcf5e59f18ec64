"""A convolution in groups that trains and runs anywhere."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("tf_explainer")
class GroupedConv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` that computes its groups one after the other.

    Output channels of one group read the input channels of that group alone.
    Keras compiles grouped convolutions on a CPU with XLA, which costs three
    times the time of a training step (measured on AlexNet's conv2) and is not
    built into every server; slices are plain operations.

    Args:
        *args: As of `keras.layers.Conv2D`.
        **kwargs: As of `keras.layers.Conv2D`.

    Source:
        Krizhevsky et al. 2012, section 3.5: kernels of conv2, conv4 and conv5
        see half of the maps.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Convolves group by group.

        Args:
            inputs: `(batch, H, W, channels)`.
            kernel: `(rows, columns, channels / groups, filters)`.
        """
        if self.groups == 1:
            return super().convolution_op(inputs, kernel)
        maps = ops.split(inputs, self.groups, axis=-1)
        kernels = ops.split(kernel, self.groups, axis=-1)
        pairs = zip(maps, kernels, strict=True)
        parts = [super(GroupedConv2D, self).convolution_op(*p) for p in pairs]
        return ops.concatenate(parts, axis=-1)
