"""What a drift guard watches, and what is left to learn from."""

from typing import Any

import tensorflow as tf

from tf_explainer.datasets.hold_out import held_out, hold_out
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.datasets.take_examples import take_examples
from tf_explainer.evaluation.landmark_free_proxy import LandmarkFreeProxy

SHARE = 0.1


def drift_watch(
    explainer: Any,
    dataset: PartDataset,
    features: tf.data.Dataset,
    batch_size: int = 32,
    seed: int = 0,
) -> dict[str, Any]:
    """Takes a tenth of the training images away to watch the parts on.

    Args:
        explainer: An explainer of the performer; only its cut is used.
        dataset: Images; the test images are not read.
        features: Kept features of its split `train`.
        batch_size: Images at a time.
        seed: Seed of the choice and of the views.

    Returns:
        Arguments of `train_explainer`: `dataset` and `features` of the other
        nine tenths, and `proxy`, for the schedule's `drift_guard`.
    """
    held = held_out(dataset.splits["train"].labels, SHARE, seed)
    parts = hold_out(dataset, SHARE, seed)
    watched = parts.splits["test"]
    return {
        "dataset": parts,
        "features": take_examples(features, ~held),
        "proxy": LandmarkFreeProxy(explainer, watched, batch_size, seed),
    }
