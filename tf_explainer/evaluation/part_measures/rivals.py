"""The explainer's part maps, and those that they are compared with."""

from collections.abc import Mapping
from typing import Any

from tf_explainer.evaluation.controls import PART_CONTROLS
from tf_explainer.evaluation.controls.part_maps import MapsOf, PartSample
from tf_explainer.evaluation.part_measures.observed import EXPLAINER
from tf_explainer.evaluation.part_measures.reading import part_count
from tf_explainer.evaluation.sources import (
    SplitSource,
    landmark_vectors,
    target_vectors,
)
from tf_explainer.explainer import Explainer


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
    if not (part_count(explainer) and train.split.landmarks.shape[1]):
        return {}
    points, landmark = landmark_vectors(explainer, train, batch_size, seed)
    sample = PartSample(
        parts=part_count(explainer),
        field=explainer.receptive_field,
        vectors=target_vectors(explainer, train, batch_size, seed),
        at_landmarks=points,
        landmark=landmark,
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
    if getattr(own[EXPLAINER], "part_maps", None) is None:
        return {}
    return {
        **{name: encoded.part_maps for name, encoded in own.items()},
        **{
            name: maps_of(target, landmarks)
            for name, maps_of in controls.items()
        },
    }
