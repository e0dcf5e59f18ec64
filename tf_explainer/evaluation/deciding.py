"""What decides for each class: its parts, the ordinary track, the rest."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from tf_explainer.explainer import Explainer


def what_decides(
    explainer: Explainer, batches: Iterable[Any]
) -> dict[str, dict[str, Any]]:
    """Returns what parts give to each class, mean over its images.

    An image counts for the class that the performer decides for.

    Args:
        explainer: A trained `Explainer` with parts.
        batches: Images, or the performer's features of them.

    Returns:
        Class name to `images`, their number; `parts`, what the removal of
        each part costs; `ordinary`, the same of the ordinary track; `rest`
        and `score`, see `Contributions`. All are means, and parts, ordinary
        and rest add up to the score. Classes that no image is decided for
        are left out; all are if the explainer has no parts.

    Source:
        Ours, after Figure 5 of Zhang et al. 2018.
    """
    if not explainer.encoder.parts:
        return {}
    sums: dict[int, np.ndarray] = {}
    images: dict[int, int] = {}
    for batch in batches:
        features = explainer.examples.features(batch)
        pieces = explainer.contributions(features, kind="removal")
        told = np.column_stack(
            [pieces.parts, pieces.ordinary, pieces.rest, pieces.score]
        ).astype(np.float64)
        decided = np.asarray(features["scores"]).argmax(axis=-1)
        for index in np.unique(decided).tolist():
            own = told[decided == index]
            sums[index] = sums.get(index, 0) + own.sum(axis=0)
            images[index] = images.get(index, 0) + len(own)
    return {
        explainer.class_names[index]: _means(sums[index], images[index])
        for index in sorted(sums)
    }


def _means(sums: np.ndarray, images: int) -> dict[str, Any]:
    *parts, ordinary, rest, score = (sums / images).tolist()
    return {
        "images": images,
        "parts": parts,
        "ordinary": ordinary,
        "rest": rest,
        "score": score,
    }
