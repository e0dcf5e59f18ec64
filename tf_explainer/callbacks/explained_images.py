"""Explanations of a few images in TensorBoard, as the training goes on."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.errors import InputError


class ExplainedImages(keras.callbacks.Callback):
    """Writes pictures of a few images, explained, for TensorBoard.

    While parts are being found, the fields move and what they give says
    little; later the fields stand still.

    Args:
        log_dir: Folder that TensorBoard reads; may be that of
            `keras.callbacks.TensorBoard`.
        images: `(images, H, W, C)` as the performer takes them.
        every: Epochs from one picture to the next; the last has one, too.
    """

    def __init__(
        self, log_dir: str | Path, images: Any, every: int = 1
    ) -> None:
        super().__init__()
        if every < 1:
            raise InputError(f"`every` must be >= 1, received {every}.")
        self.log_dir = Path(log_dir)
        self.images, self.every = np.asarray(images), every

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Writes the pictures.

        Args:
            epoch: Number of the epoch, from 0.
            logs: Not read.
        """
        last = (self.params or {}).get("epochs") == epoch + 1
        if (epoch + 1) % self.every and not last:
            return
        writer = tf.summary.create_file_writer(str(self.log_dir / "explained"))
        with writer.as_default():
            for index, why in enumerate(self.model.explain(self.images)):
                png = why.plot()._repr_png_()
                tf.summary.image(
                    f"image {index}",
                    tf.io.decode_png(png, channels=3)[None],
                    step=epoch,
                )
        writer.close()
