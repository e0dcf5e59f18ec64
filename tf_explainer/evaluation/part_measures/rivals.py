"""The explainer's part maps, and those that they are compared with."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from tf_explainer.datasets.part_dataset import spread_evenly
from tf_explainer.evaluation.controls import PART_CONTROLS
from tf_explainer.evaluation.controls.part_maps import MapsOf, PartSample
from tf_explainer.evaluation.part_measures.observed import EXPLAINER
from tf_explainer.evaluation.sources import (
    SplitSource,
    target_batches,
    target_vectors,
)
from tf_explainer.explainer import Explainer

TAUGHT_IMAGES = 512
"""Training images that a control of part maps may see, at most."""


def part_controls(
    explainer: Explainer, train: SplitSource, batch_size: int, seed: int
) -> dict[str, MapsOf]:
    """Makes the controls of part maps.

    Args:
        explainer: An `Explainer`.
        train: Where the training images are.
        batch_size: Images at a time.
        seed: Seed of what is drawn.

    Returns:
        Those of `PART_CONTROLS` that can be made, by name; none if the
        explainer has no parts, or the images no landmarks.
    """
    if not (explainer.encoder.parts and train.split.landmarks.shape[1]):
        return {}
    kept = spread_evenly(len(train), TAUGHT_IMAGES)
    landmarks = np.asarray(train.split.landmarks)[kept]

    def batches() -> Iterator[tuple[Any, np.ndarray]]:
        start = 0
        for target in target_batches(
            explainer, train, batch_size, TAUGHT_IMAGES
        ):
            end = start + len(target)
            yield target, landmarks[start:end]
            start = end

    sample = PartSample(
        parts=explainer.encoder.parts,
        field=explainer.receptive_field,
        vectors=target_vectors(explainer, train, batch_size, seed),
        batches=batches,
        seed=seed,
    )
    made = {
        name: PART_CONTROLS.get(name)(sample) for name in PART_CONTROLS.names()
    }
    return {name: maps_of for name, maps_of in made.items() if maps_of}


def named_part_maps(
    own: Mapping[str, Any],
    controls: Mapping[str, MapsOf],
    target: Any,
    landmarks: Any,
) -> dict[str, Any]:
    """Returns all part maps of some images.

    Args:
        own: Name to what an explainer encoded, `explainer` among them.
        controls: What `part_controls` made.
        target: Target feature of the images, `(batch, H, W, channels)`.
        landmarks: `(batch, landmarks, 2)`, fractions; NaN hidden.

    Returns:
        Name to float32 `(batch, H, W, parts + 1)`; empty if the explainer has
        no parts.
    """
    if own[EXPLAINER].part_maps is None:
        return {}
    return {
        **{name: encoded.part_maps for name, encoded in own.items()},
        **{
            name: maps_of(target, landmarks)
            for name, maps_of in controls.items()
        },
    }
