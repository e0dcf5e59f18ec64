"""What performer and explainer make of changed images."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from tf_explainer.evaluation.peaks import FilterPeaks
from tf_explainer.evaluation.sampling import bootstrap_interval
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.contribution import logit_head


def means_with_intervals(
    values: Mapping[str, np.ndarray], seed: int = 0
) -> dict[str, Any]:
    """Returns the mean and the 95 % bootstrap interval of each number.

    Args:
        values: Name to float `(images,)`.
        seed: Seed of the draws.

    Returns:
        Name to mean, and `<name>_interval` to low and high end where there
        are two images or more. A number that is not known in every image, or
        of which there is no image, is left out.
    """
    found: dict[str, Any] = {}
    for name, value in values.items():
        if not len(value) or not np.isfinite(value).all():
            continue
        found[name] = float(np.mean(value))
        if len(value) > 1:
            found[f"{name}_interval"] = list(bootstrap_interval(value, seed))
    return found


class Seen(NamedTuple):
    """What was seen in some images.

    Attributes:
        logits: float32 `(images, categories)`, the performer's scores before
            the softmax, see `logit_head`.
        rebuilt: The same from the explainer's rebuilt features.
        peaks: Peaks of `interp_2`.
    """

    logits: np.ndarray
    rebuilt: np.ndarray
    peaks: FilterPeaks


def see(explainer: Explainer, batch_size: int) -> Callable[[np.ndarray], Seen]:
    """Returns a function that looks at images.

    Args:
        explainer: A trained `Explainer`.
        batch_size: Images at a time.

    Returns:
        A function of uint8 images `(images, H, W, 3)` to what is seen.
    """
    attachment, last = explainer.attachment, explainer.reconstructed_layers[-1]
    logits_of = logit_head(attachment.head)

    @tf.function(reduce_retracing=True)
    def run(images: Any) -> Any:
        features = attachment.features(
            tf.cast(images, tf.float32), training=False
        )
        encoded = explainer.encode(features)
        rebuilt = explainer.decoder(encoded.output, training=False)[last]
        maps = tf.cast(encoded.interp_2, tf.float32)
        logits = logits_of(features[last]), logits_of(rebuilt)
        return *logits, *explainer.peaks_of(maps)

    def look(images: np.ndarray) -> Seen:
        starts = range(0, len(images), batch_size)
        batches = [run(images[at : at + batch_size]) for at in starts]
        logits, rebuilt, positions, strengths = (
            np.concatenate(values) for values in zip(*batches, strict=True)
        )
        positions[strengths <= 0] = np.nan
        return Seen(logits, rebuilt, FilterPeaks(positions, strengths))

    return look
