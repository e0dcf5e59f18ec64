"""A sample of what the target feature looks like."""

from typing import Any

import numpy as np

from tf_explainer.datasets.part_split import PartSplit
from tf_explainer.evaluation.split_source import SplitSource

IMAGES = 256
VECTORS = 8192


def target_vectors(
    explainer: Any,
    source: PartSplit | SplitSource,
    batch_size: int,
    seed: int,
) -> np.ndarray:
    """Returns the target feature at places drawn from a split.

    Reads up to 256 images, spread evenly over the split, and draws up to
    8192 places from them.

    Args:
        explainer: An `Explainer`.
        source: Where the images are.
        batch_size: Images at a time.
        seed: Seed of the draws.

    Returns:
        float32 `(vectors, channels)`.
    """
    generator = np.random.default_rng(seed)
    rows, columns = explainer.receptive_field.units
    each = min(-(-VECTORS // min(len(source), IMAGES)), rows * columns)
    drawn = []
    for batch in source.batches(batch_size, IMAGES):
        features = batch
        if not isinstance(batch, dict):
            features = explainer.attachment.features(batch, training=False)
        target = np.asarray(features["target"], np.float32)
        flat = target.reshape(len(target), rows * columns, -1)
        order = generator.random(flat.shape[:2]).argsort(axis=1)[:, :each]
        drawn.append(np.take_along_axis(flat, order[..., None], axis=1))
    vectors = np.concatenate(drawn)
    return vectors.reshape(-1, vectors.shape[-1])
