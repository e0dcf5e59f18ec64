"""How the units of a map moved, from how the image did."""

from typing import Any

import numpy as np
from keras import ops

from tf_explainer.performers import ReceptiveField


def unit_frames(frames: Any, field: ReceptiveField) -> Any:
    """Returns frames in units of a map.

    Unit `u` lies at `s + j u` in the image, so that `q → A q + t` in the image
    is `u → (A (s + j u) + t - s) / j` in the map.

    Args:
        frames: `(batch, 6)`, the two rows of `A q + t`, places `(row,
            column)` in fractions of the image, see `moved_images`.
        field: Where the units of the map lie.

    Returns:
        float32 `(batch, 2, 3)`.
    """
    sides = np.array(field.image, np.float32)
    start = (np.array(field.start, np.float32) + 0.5) / sides
    jump = np.array(field.jump, np.float32) / sides
    frames = ops.reshape(ops.cast(frames, "float32"), (-1, 2, 3))
    linear = frames[..., :2]
    moved = ops.sum(linear * start, axis=-1) + frames[..., 2] - start
    return ops.concatenate(
        [linear * (jump / jump[:, None]), (moved / jump)[..., None]], axis=-1
    )
