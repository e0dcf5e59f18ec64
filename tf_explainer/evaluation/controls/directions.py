"""Controls: filters that are directions of the target feature."""

import dataclasses
import warnings
from typing import Any

import numpy as np
from keras import ops

from tf_explainer.evaluation.controls import FEATURE_CONTROLS


@dataclasses.dataclass(frozen=True, eq=False)
class Projection:
    """1 × 1 filters with a ReLU on the performer's target feature.

    Args:
        mean: float32 `(channels,)`, taken off before.
        directions: float32 `(channels, filters)`.
    """

    mean: np.ndarray
    directions: np.ndarray

    def maps(self, target: Any) -> Any:
        """Returns the maps of the filters.

        Args:
            target: Target feature `(batch, H, W, channels)`.

        Returns:
            float32 `(batch, H, W, filters)`, 0 or above.
        """
        centered = ops.cast(target, "float32") - self.mean
        return ops.relu(ops.matmul(centered, self.directions))


@FEATURE_CONTROLS.register("pca")
def pca(vectors: np.ndarray, components: int, seed: int) -> Projection:
    """Filters that fire along a principal component of the target feature.

    The sign of a component is free; it is turned so that the activations have
    a positive third moment: strong and rare, as of a part.

    Args:
        vectors: float `(vectors, channels)`, the target feature at places
            drawn from the training images.
        components: Number of filters wanted.
        seed: Seed of the decomposition.

    Returns:
        As many filters as wanted, or as there are channels or vectors.
    """
    from sklearn import decomposition

    components = min(components, *vectors.shape)
    fitted = decomposition.PCA(components, random_state=seed).fit(vectors)
    directions = fitted.components_.T
    activations = (vectors - fitted.mean_) @ directions
    sign = np.where((activations**3).sum(axis=0) < 0, -1, 1)
    return Projection(
        fitted.mean_.astype(np.float32), (directions * sign).astype(np.float32)
    )


_ROUNDS = 20


@FEATURE_CONTROLS.register("nmf")
def nmf(vectors: np.ndarray, components: int, seed: int) -> Projection:
    """Filters that fire on a non-negative factor of the target feature.

    The feature is taken as a sum of factors with weights of 0 or above. A
    weight is read in one step, by the pseudo-inverse of the factors and a
    ReLU, in place of an iteration for each unit of each image.

    Args:
        vectors: float `(vectors, channels)`, the target feature at places
            drawn from the training images; below 0 counts as 0.
        components: Number of filters wanted.
        seed: Seed of the factorization.

    Returns:
        As many filters as wanted, or as there are channels or vectors.

    Source:
        Lee and Seung 1999, "Learning the parts of objects by non-negative
        matrix factorization".
    """
    from sklearn import decomposition, exceptions

    components = min(components, *vectors.shape)
    factors = decomposition.MiniBatchNMF(
        components, random_state=seed, max_iter=_ROUNDS, batch_size=2048
    )
    with warnings.catch_warnings():
        # A control that is nearly as good as it gets is good enough.
        warnings.simplefilter("ignore", exceptions.ConvergenceWarning)
        factors.fit(np.maximum(vectors, 0).astype(np.float32))
    inverse = np.linalg.pinv(factors.components_, rcond=1e-2)
    return Projection(
        np.zeros(vectors.shape[1], np.float32), inverse.astype(np.float32)
    )
