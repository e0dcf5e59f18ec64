"""The same images, cropped less neatly."""

import dataclasses

import numpy as np

from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.datasets.part_split import PartSplit
from tf_explainer.evaluation.views import REACH, Views


def jittered(
    dataset: PartDataset, seed: int = 0, reach: float = REACH
) -> PartDataset:
    """Shifts and scales every image by up to ±15 %, its landmarks along.

    Crops that are all centered on the object alone lower the location
    instability and make a constant position a good guess; on these crops it
    is a worse one.

    Args:
        dataset: Images and landmarks.
        seed: Seed of the crops; one seed gives the same crops each time.
        reach: Largest shift, a fraction of the image, and largest change of
            scale.

    Returns:
        A data set of the same images in the same order. A landmark that
        leaves its image counts as hidden.
    """
    return dataclasses.replace(
        dataset,
        splits={
            name: _jittered(split, np.random.SeedSequence([seed, index]), reach)
            for index, (name, split) in enumerate(dataset.splits.items())
        },
    )


def _jittered(
    split: PartSplit, seed: np.random.SeedSequence, reach: float
) -> PartSplit:
    views = Views.draw(len(split), int(seed.generate_state(1)[0]), reach)
    landmarks = views.points(split.landmarks)
    inside = ((landmarks >= 0) & (landmarks <= 1)).all(axis=-1, keepdims=True)
    size = split.images.element_spec.shape[0]
    return dataclasses.replace(
        split,
        images=views.images(split.images, size),
        landmarks=np.where(inside, landmarks, np.nan).astype(np.float32),
    )
