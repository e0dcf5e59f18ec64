"""Update of the category ĉ of each filter."""

from typing import Any

import keras


class AssignCategories(keras.callbacks.Callback):
    """Assigns each interpretable filter to the category that fires it most.

    Runs at the end of each epoch, over the images of that epoch. Only the
    filter loss `paper` reads the categories while it learns.

    Source:
        Zhang et al. 2018, appendix "Optimization of filter losses". The
        category of an image is the performer's prediction.
    """

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        for layer in self.model.encoder.interpretable:
            layer.filter_categories.assign()
