"""Whether the winners at places of the image tell the parts apart."""

import numpy as np

from tf_explainer.evaluation.part_measures.observed import ObservedParts
from tf_explainer.evaluation.sampling import image_draws


def label_agreement(truth: np.ndarray, found: np.ndarray) -> dict[str, float]:
    """Returns how well one labeling of places tells another.

    Args:
        truth: int `(places,)`, what is there.
        found: int `(places,)`, what is said to be there; the numbers may be
            others.

    Returns:
        `nmi`, mutual information over the mean of the two entropies, and
        `ari`, pairs of places on which both agree, less what chance gives;
        both times 100, so that 100 is perfect and 0 says nothing.

    Source:
        Hubert and Arabie 1985, "Comparing partitions"; of parts, van der
        Klis et al. 2023 (PDiscoNet).
    """
    from sklearn import metrics

    return {
        "nmi": _percent(metrics.normalized_mutual_info_score(truth, found)),
        "ari": _percent(metrics.adjusted_rand_score(truth, found)),
    }


def _percent(score: float) -> float:
    # Rounding alone exceeds 1.
    return 100 * min(float(score), 1.0)


def landmark_agreement(parts: ObservedParts) -> dict[str, float]:
    """Returns how well the winner at a landmark tells which landmark it is.

    Over all visible landmarks of all images together; the background counts
    as one more part. A part that wins everywhere tells nothing.

    Args:
        parts: What was seen of the test images.

    Returns:
        `nmi` and `ari` of `label_agreement`, and `ami`, mutual information
        less what chance gives; times 100. Empty if fewer than two landmarks
        are seen.
    """
    truth, found = _pooled(parts.at_landmarks)
    if len(np.unique(truth)) < 2:
        return {}
    from sklearn import metrics

    ami = metrics.adjusted_mutual_info_score(truth, found)
    return {**label_agreement(truth, found), "ami": _percent(ami)}


RESAMPLES = 200


def agreement_intervals(
    parts: ObservedParts, seed: int = 0
) -> dict[str, list[float]]:
    """Returns 95 % percentile bootstrap intervals over images.

    Args:
        parts: What was seen of the test images.
        seed: Seed of the draws.

    Returns:
        `nmi_interval` and `ari_interval`, `[low, high]`; empty if fewer than
        two landmarks are seen.
    """
    if not landmark_agreement(parts):
        return {}
    images = len(parts.at_landmarks)
    drawn = []
    for counts in image_draws(images, RESAMPLES, seed):
        rows = np.repeat(np.arange(images), counts)
        drawn.append(label_agreement(*_pooled(parts.at_landmarks[rows])))
    return {
        f"{name}_interval": np.quantile(
            [one[name] for one in drawn], [0.025, 0.975]
        ).tolist()
        for name in drawn[0]
    }


def _pooled(winners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Landmark and winner of each visible landmark of each image."""
    seen = winners >= 0
    truth = np.broadcast_to(np.arange(winners.shape[1]), winners.shape)
    return truth[seen], winners[seen]
