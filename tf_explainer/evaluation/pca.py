"""Control: principal components of the target feature."""

import numpy as np
from sklearn import decomposition

from tf_explainer.evaluation import FEATURE_CONTROLS
from tf_explainer.evaluation.projection import Projection


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
    components = min(components, *vectors.shape)
    fitted = decomposition.PCA(components, random_state=seed).fit(vectors)
    directions = fitted.components_.T
    activations = (vectors - fitted.mean_) @ directions
    sign = np.where((activations**3).sum(axis=0) < 0, -1, 1)
    return Projection(
        fitted.mean_.astype(np.float32), (directions * sign).astype(np.float32)
    )
