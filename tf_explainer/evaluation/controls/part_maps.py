"""Controls: part maps that nobody learned."""

import dataclasses
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from keras import ops

from tf_explainer.attachment.receptive_field import ReceptiveField
from tf_explainer.evaluation.controls import PART_CONTROLS

MapsOf = Callable[[Any, Any], Any]
"""Target feature `(batch, H, W, channels)` and landmarks `(batch, landmarks,
2)` → maps `(batch, H, W, parts + 1)`, the last one the background."""


@dataclasses.dataclass(frozen=True, eq=False)
class PartSample:
    """What the controls of part maps are made of.

    Args:
        parts: Number of parts wanted.
        field: Receptive field of a unit of the target feature.
        vectors: float32 `(vectors, channels)`, the target feature at places
            drawn from the training images.
        batches: Returns batches of training images anew, each the target
            feature `(batch, H, W, channels)` and landmarks `(batch,
            landmarks, 2)`, fractions, NaN hidden.
        seed: Seed of what is drawn.
    """

    parts: int
    field: ReceptiveField
    vectors: np.ndarray
    batches: Callable[[], Iterable[tuple[Any, np.ndarray]]]
    seed: int


def near_square(parts: int) -> tuple[np.ndarray, np.ndarray]:
    """Divides the unit square into cells: rows of about as many cells each.

    Args:
        parts: Number of cells.

    Returns:
        Centers and half sides, float32 `(parts, 2)`.
    """
    rows = max(round(parts**0.5), 1)
    centers, halves = [], []
    for row, cells in enumerate(np.array_split(np.arange(parts), rows)):
        for cell in range(len(cells)):
            centers.append([(row + 0.5) / rows, (cell + 0.5) / len(cells)])
            halves.append([0.5 / rows, 0.5 / len(cells)])
    return np.array(centers, np.float32), np.array(halves, np.float32)


def cell_maps(low: Any, high: Any, parts: int, field: ReceptiveField) -> Any:
    """Returns maps of the cells of a box.

    A cell's map is 1 at its center, falls evenly to 0.5 at its border, and
    further outside.

    Args:
        low: `(batch, 2)`, first row and column of the box, as fractions.
        high: `(batch, 2)`, last row and column.
        parts: Number of cells.
        field: Receptive field of a unit.

    Returns:
        float32 `(batch, H, W, parts)`.
    """
    middles, halves = near_square(parts)
    side = (high - low)[:, None]
    middle = (low[:, None] + side * middles)[:, None, None]
    half = (side * halves)[:, None, None]
    centers = ops.convert_to_tensor(field.centers)[None, :, :, None]
    away = ops.max(ops.abs(centers - middle) / half, axis=-1)
    return ops.relu(1 - away / 2)


@PART_CONTROLS.register("frame")
def frame(sample: PartSample) -> MapsOf:
    """The frame divided into as many cells, the same in every image.

    Args:
        sample: How many, and the units.
    """

    def maps(target: Any, landmarks: Any) -> Any:
        del landmarks
        low = ops.zeros_like(target[:, 0, 0, :1], dtype="float32")
        found = cell_maps(low, low + 1, sample.parts, sample.field)
        return ops.concatenate([found, 0 * found[..., :1]], axis=-1)

    return maps


@PART_CONTROLS.register("landmark_box")
def landmark_box(sample: PartSample) -> MapsOf:
    """Each image's own box around its landmarks divided into as many cells.

    It knows where the object is, and how large. The box is half a unit wider
    on each side, so that the outermost landmarks lie in it; outside is
    background.

    Args:
        sample: How many, and the units.
    """
    field = sample.field
    margin = 0.5 * np.array(field.jump, np.float32) / field.image

    def maps(target: Any, landmarks: Any) -> Any:
        del target
        landmarks = ops.cast(landmarks, "float32")
        hidden = ops.any(ops.isnan(landmarks), axis=-1, keepdims=True)
        # Without a landmark in the image, the box lies far outside.
        low = ops.min(ops.where(hidden, 9.0, landmarks), axis=1)
        high = ops.max(ops.where(hidden, -9.0, landmarks), axis=1)
        high = ops.maximum(high, low)
        found = cell_maps(low - margin, high + margin, sample.parts, field)
        return ops.concatenate([found, 0 * found[..., :1] + 0.5], axis=-1)

    return maps


def _linear(kernel: np.ndarray, bias: np.ndarray) -> MapsOf:
    kernel, bias = kernel.astype(np.float32), bias.astype(np.float32)

    def maps(target: Any, landmarks: Any) -> Any:
        del landmarks
        return ops.softmax(
            ops.matmul(ops.cast(target, "float32"), kernel) + bias
        )

    return maps


# Of the mean gap between the two nearest centers: a cluster is sure of most
# of its units, and its map still has a peak.
_SOFTNESS = 0.25


@PART_CONTROLS.register("k_means")
def k_means(sample: PartSample) -> MapsOf:
    """Clusters of the target feature by k-means.

    The largest one is the background. A unit belongs to them by a softmax of
    the squared distances.

    Args:
        sample: The target feature, and how many parts.
    """
    from sklearn import cluster, exceptions

    vectors = sample.vectors
    wanted = min(sample.parts + 1, len(vectors))
    model = cluster.MiniBatchKMeans(
        wanted, n_init=3, random_state=sample.seed, compute_labels=False
    )
    with warnings.catch_warnings():
        # Fewer different vectors than clusters: some clusters are alike.
        warnings.simplefilter("ignore", exceptions.ConvergenceWarning)
        model.fit(vectors)
    distances = model.transform(vectors) ** 2
    sizes = np.bincount(distances.argmin(axis=1), minlength=wanted)
    centers = model.cluster_centers_[np.argsort(sizes, kind="stable")]
    nearest = np.sort(distances, axis=1)[:, :2]
    width = _SOFTNESS * max(np.ptp(nearest, axis=1).mean(), 1e-6)
    return _linear(2 * centers.T / width, -(centers**2).sum(axis=1) / width)
