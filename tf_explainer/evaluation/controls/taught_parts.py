"""A reference for part maps: what landmarks teach on the same feature."""

from typing import Any

import keras
import numpy as np
from keras import ops

from tf_explainer.attachment.receptive_field import ReceptiveField
from tf_explainer.evaluation.controls import PART_CONTROLS
from tf_explainer.evaluation.controls.part_maps import MapsOf, PartSample
from tf_explainer.layers.part_head import PartHead

# Ten seconds on one core for the feature of a mobile network.
COMPONENTS, HIDDEN, EPOCHS, RATE, BATCH = 64, 64, 20, 3e-3, 16
# Nearer to a landmark, a unit shows a good part of it.
UNITS_AWAY = 1.5


@PART_CONTROLS.register("trained_on_landmarks")
def trained_on_landmarks(sample: PartSample) -> MapsOf | None:
    """The head of the explainer's part maps, taught by the landmarks.

    An upper reference: what the feature holds of them. The head is made
    small, on 64 principal components of the feature; it has as many parts as
    there are landmarks.

    Args:
        sample: The target feature with landmarks.

    Returns:
        None if no landmark is seen.
    """
    from sklearn import decomposition

    components = min(COMPONENTS, *sample.vectors.shape)
    fitted = decomposition.PCA(components, random_state=sample.seed)
    fitted.fit(sample.vectors)
    mean = fitted.mean_.astype(np.float32)
    basis = fitted.components_.T.astype(np.float32)

    def reduced(target: Any) -> Any:
        return ops.matmul(ops.cast(target, "float32") - mean, basis)

    maps, landmarks = [], []
    for target, points in sample.batches():
        maps.append(np.asarray(reduced(target)))
        landmarks.append(points)
    labels, weights = taught_units(np.concatenate(landmarks), sample.field)
    parts = landmarks[0].shape[1]
    if not (labels[weights > 0] < parts).any():
        return None
    head = _taught(np.concatenate(maps), labels, weights, parts)

    def maps_of(target: Any, landmarks: Any) -> Any:
        del landmarks
        return head(reduced(target))

    return maps_of


def _taught(
    maps: np.ndarray, labels: np.ndarray, weights: np.ndarray, parts: int
) -> PartHead:
    head = PartHead(parts, HIDDEN, dtype="float32")
    model = keras.Sequential([keras.Input(maps.shape[1:]), head])
    places = (0, 1, 2)
    head.standardize(maps.mean(axis=places), maps.std(axis=places))
    model.compile(
        keras.optimizers.Adam(RATE),
        keras.losses.SparseCategoricalCrossentropy(),
        jit_compile=False,
    )
    model.fit(
        maps,
        labels,
        sample_weight=weights,
        batch_size=BATCH,
        epochs=EPOCHS,
        verbose=0,
    )
    return head


def taught_units(
    landmarks: np.ndarray, field: ReceptiveField
) -> tuple[np.ndarray, np.ndarray]:
    """Returns what each unit is to be, and how much it counts.

    The unit nearest to a landmark is to be that landmark. Those at least 1.5
    units away from all are to be background; together they count as much as
    all landmarks. The others do not count.

    Args:
        landmarks: `(images, landmarks, 2)`, fractions; NaN hidden.
        field: Receptive field of a unit.

    Returns:
        int `(images, H, W)`, the index of the landmark, or their number for
        the background; and weights, float32 of the same shape, of mean 1.
    """
    images, parts, _ = landmarks.shape
    units = np.array(field.image) / field.jump
    away = (field.centers.reshape(-1, 2) - landmarks[:, :, None]) * units
    distance = np.nan_to_num(np.linalg.norm(away, axis=-1), nan=np.inf)
    labels = np.full(distance.shape[::2], parts)
    far = (distance >= UNITS_AWAY).all(axis=1)
    image, landmark = np.nonzero(~np.isnan(landmarks[..., 0]))
    labels[image, distance[image, landmark].argmin(axis=-1)] = landmark
    shown = labels < parts
    weights = shown + far * (shown.sum() / max(far.sum(), 1))
    weights = weights / max(weights.mean(), 1e-9)
    shape = (images, *field.units)
    return labels.reshape(shape), weights.reshape(shape).astype(np.float32)
