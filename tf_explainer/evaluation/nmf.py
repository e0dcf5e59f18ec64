"""Control: non-negative factors of the target feature."""

import warnings

import numpy as np
from sklearn import decomposition, exceptions

from tf_explainer.evaluation import FEATURE_CONTROLS
from tf_explainer.evaluation.projection import Projection

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
