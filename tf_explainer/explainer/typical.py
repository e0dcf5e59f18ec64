"""How usual an image is, beside those that were learned from."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from keras import ops

from tf_explainer.explainer.calibration import features_of
from tf_explainer.features.image_checks import told_faults
from tf_explainer.features.pairs import images_alone
from tf_explainer.layers import Typicality
from tf_explainer.losses import squared_error, squared_norm
from tf_explainer.tensors import Tensor


def layer_errors(
    explainer: Any, features: Mapping[str, Any], rebuilt: Mapping[str, Any]
) -> dict[str, tuple[Tensor, Tensor]]:
    """Returns layer → (`‖x - x*‖²`, `‖x*‖²`), each `(batch,)`.

    Args:
        explainer: An `Explainer`.
        features: The performer's features of a batch of images.
        rebuilt: Path → what the decoder made of them.
    """
    return {
        layer: (
            squared_error(rebuilt[layer], features[layer]),
            squared_norm(features[layer]),
        )
        for layer in explainer.reconstructed_layers
    }


def unusual_numbers(
    explainer: Any, features: Mapping[str, Any], rebuilt: Any, scores: Any
) -> Tensor:
    """Returns what is high for images that are unlike those learned from.

    Args:
        explainer: An `Explainer`.
        features: The performer's features of a batch of images.
        rebuilt: Path → what the decoder made of them.
        scores: Class scores from the rebuilt features.

    Returns:
        float32 `(batch, 2)`: the reconstruction error, `‖x - x*‖² / ‖x*‖²`,
        mean over the rebuilt layers; and the disagreement, half of the sum of
        `|score - performer's score|` over the classes.
    """
    errors = [
        error / ops.maximum(norm, 1e-12)
        for error, norm in layer_errors(explainer, features, rebuilt).values()
    ]
    own = ops.cast(features["scores"], "float32")
    apart = ops.sum(ops.abs(ops.cast(scores, "float32") - own), axis=-1) / 2
    return ops.stack([sum(errors) / len(errors), apart], axis=-1)


def new_typicality() -> Typicality:
    """Returns what ranks `unusual_numbers`, before it has seen any."""
    layer = Typicality(2, dtype="float32", name="typicality")
    layer.build((None, 2))
    return layer


def learn_typical(
    explainer: Any, images: Any, batch_size: int | None = None
) -> None:
    """Sets what is usual from images, as `fit` does at its end.

    An explainer that a callback saved before that does not know it.

    Args:
        explainer: A trained `Explainer`.
        images: Those that it learned from, as in `fit`.
        batch_size: Images in a batch; 32 if not given.

    Raises:
        InputError: See `fit`.
    """
    with told_faults():
        gather_typical(explainer, features_of(explainer, images, batch_size))


def gather_typical(explainer: Any, batches: Any) -> None:
    """Sets what is usual: what is so of the images learned from.

    Args:
        explainer: A trained `Explainer`.
        batches: Features of these images, or of pairs with views of them.
    """

    @tf.function(reduce_retracing=True, autograph=False)
    def numbers(features: Any) -> Any:
        rebuilt = explainer.decoder(
            explainer.encode(features).output, training=False
        )
        last = rebuilt[explainer.reconstructed_layers[-1]]
        scores = explainer.attachment.head(last, training=False)
        return unusual_numbers(explainer, features, rebuilt, scores)

    found = [np.asarray(numbers(images_alone(batch))) for batch in batches]
    explainer.typicality.gather(np.concatenate(found))
