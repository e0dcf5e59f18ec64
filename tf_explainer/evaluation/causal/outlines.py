"""Part maps beside the true outlines of drawn animals."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.evaluation.causal.drawn_cases import drawn_animals
from tf_explainer.evaluation.observation import UNTRAINED
from tf_explainer.evaluation.observing import CALIBRATION_IMAGES
from tf_explainer.evaluation.part_measures.agreement import label_agreement
from tf_explainer.evaluation.part_measures.observed import EXPLAINER
from tf_explainer.evaluation.part_measures.reading import maps_of_pixels
from tf_explainer.evaluation.part_measures.rivals import (
    named_part_maps,
    part_controls,
)
from tf_explainer.evaluation.sources import SplitSource
from tf_explainer.explainer import Explainer


def part_outlines(
    explainer: Explainer,
    dataset: PartDataset,
    images: int = 60,
    batch_size: int = 32,
    seed: int = 0,
) -> dict[str, Any]:
    """Asks of each pixel which part wins there, and which part it shows.

    All pixels of all images count; the background is one more part.

    Args:
        explainer: An `Explainer` of drawn animals with part maps.
        dataset: What it was evaluated on.
        images: Number of animals to draw, none of which the data set holds.
        batch_size: Images at a time.
        seed: Seed of the drawings and of the controls.

    Returns:
        JSON values: `images`; `nmi` and `ari`, see `label_agreement`; and
        `controls`, name to the same two.

    Raises:
        InputError: If the data set does not hold drawn animals.
    """
    size = explainer.receptive_field.image[0]
    drawings, _ = drawn_animals(dataset.categories, images, size, seed)
    winners = _winners(explainer, dataset, batch_size, seed)
    found: dict[str, list[np.ndarray]] = {}
    for start in range(0, images, batch_size):
        batch = drawings[start : start + batch_size]
        seen = winners(
            np.stack([drawing.image for drawing in batch]),
            np.stack([drawing.landmarks for drawing in batch]),
        )
        for name, winner in seen.items():
            found.setdefault(name, []).append(winner.ravel())
    truth = np.concatenate([drawing.part_map.ravel() for drawing in drawings])
    numbers = {
        name: label_agreement(truth, np.concatenate(winner))
        for name, winner in found.items()
    }
    own = numbers.pop(EXPLAINER)
    return {"images": images, **own, "controls": numbers}


def _winners(
    explainer: Explainer, dataset: PartDataset, batch_size: int, seed: int
) -> Callable[[np.ndarray, np.ndarray], dict[str, np.ndarray]]:
    """Images and landmarks to the winner at each pixel, by name."""
    train = SplitSource(dataset.splits["train"])
    # As in `observe`: the same twin, the same controls.
    keras.utils.set_random_seed(seed)
    twin = explainer.untrained(
        train.batches(batch_size, CALIBRATION_IMAGES), batch_size
    )
    controls = part_controls(explainer, train, batch_size, seed)
    field = explainer.receptive_field

    def run(images: np.ndarray, landmarks: np.ndarray) -> dict[str, Any]:
        pictures = tf.constant(images, tf.float32)
        features = explainer.attachment.features(pictures, training=False)
        own = {
            EXPLAINER: explainer.encode(features),
            UNTRAINED: twin.encode(features),
        }
        maps = named_part_maps(own, controls, features["target"], landmarks)
        return {
            name: np.asarray(maps_of_pixels(one, field.image, field)).argmax(
                axis=-1
            )
            for name, one in maps.items()
        }

    return run
