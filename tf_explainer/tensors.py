"""Names for tensors by their shape, for signatures.

They say to people and to mypy what a tensor is; nothing is checked while the
program runs, and TensorFlow is not imported for them. A tensor is one of
TensorFlow, or symbolic while a model is built.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    Tensor: TypeAlias = tf.Tensor | keras.KerasTensor
else:
    Tensor = Any

# Float `(batch, height, width, 3)`, RGB, 0-255.
Images: TypeAlias = Tensor
# Float `(batch, H, W, filters)`, one map of H x W units for each filter.
Maps: TypeAlias = Tensor
# Float `(batch, classes)`: class scores, or labels of their shape.
Scores: TypeAlias = Tensor
# `(batch, filters)`, one number or truth value for each image and filter.
PerImage: TypeAlias = Tensor
# Float `(filters,)`, one number for each filter.
PerFilter: TypeAlias = Tensor
# Float `(batch, 2, 3)`, place in units of the map → place in the common frame
# of two views, `A q + t`.
Frames: TypeAlias = Tensor
# One float, `()`.
Scalar: TypeAlias = Tensor
# Layer → the performer's feature there, with `scores` and what belongs to the
# images, such as `frames`.
Features: TypeAlias = Mapping[str, Tensor]
# As Keras hands it to `build`: lengths of the axes, `None` where unknown.
Shape: TypeAlias = tuple[int | None, ...]
