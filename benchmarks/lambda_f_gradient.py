"""How much conv-interp-2's filter loss adds to the λ_f of conv-interp-1.

λ_f weighs the filter loss against the gradient of the rest of the loss.
On conv-interp-1 the one backward pass brings the filter gradient of
conv-interp-2 along with it. This prints how much larger the norm is for it,
on drawn animals with the filter loss `exact`, after each epoch.
"""

import argparse

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.datasets import open_dataset
from tf_explainer.explainer import Explainer
from tf_explainer.training.performers import train_performer


def main(arguments: list[str] | None = None) -> None:
    """Prints the ratio with and without, median and range over filters.

    Args:
        arguments: Those of the command line by default.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=600)
    parser.add_argument("--epochs", type=int, default=4)
    options = parser.parse_args(arguments)
    data = open_dataset("drawn_animals", train=options.images, test=100)
    performer, _ = train_performer(data, epochs=4)
    # Without frames of moved views the default loss has no gradient.
    explainer = Explainer.from_performer(performer, filter_loss="exact")
    images = data.splits["train"].batches(32)
    explainer.fit(
        images, epochs=options.epochs, verbose=0, callbacks=[_Ratio(images)]
    )


class _Ratio(keras.callbacks.Callback):
    """Compares `E‖dy‖` on conv-interp-1 with λ of conv-interp-2 on and off."""

    def __init__(self, images: tf.data.Dataset) -> None:
        super().__init__()
        self._batch = next(iter(images))

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        upper = self.model.objective.filter_losses[1]
        weight = upper.lambda_f.numpy()
        together = self._norms()
        upper.lambda_f.assign(np.zeros_like(weight))
        alone = self._norms()
        upper.lambda_f.assign(weight)
        ratio = (together / alone)[alone > 0]
        low, middle, high = np.percentile(ratio, (5, 50, 95))
        print(
            f"epoch {epoch + 1}: norm with / without the upper filter loss: "
            f"median {middle:.3f}, 5–95 % of filters {low:.3f}–{high:.3f}"
        )

    def _norms(self) -> np.ndarray:
        explainer = self.model
        features = explainer.attachment.features(self._batch, training=False)
        probes = [tf.zeros((3, explainer.filters)) for _ in range(2)]
        with tf.GradientTape() as tape:
            tape.watch(probes)
            output = explainer.encode(features, probes).output
            loss = explainer.objective(features, output)
        return tape.gradient(loss["loss"], probes)[0][0].numpy()


if __name__ == "__main__":
    main()
