"""What performer and explainer make of changed images."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from scipy import stats

from tf_explainer.datasets.drawn_animals import PART_NAMES
from tf_explainer.evaluation.causal.drawn_cases import DrawnCases
from tf_explainer.evaluation.peaks import FilterPeaks
from tf_explainer.evaluation.sampling import bootstrap_interval, known_numbers
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.class_scores import LogitHead


def means_with_intervals(
    values: Mapping[str, np.ndarray], seed: int = 0
) -> dict[str, Any]:
    """Returns the mean and the 95 % bootstrap interval of each number.

    Args:
        values: Name to float `(images,)`.
        seed: Seed of the draws.

    Returns:
        Name to mean, and `<name>_interval` to low and high end where there
        are two images or more. A number that is not known in every image, or
        of which there is no image, is left out.
    """
    found: dict[str, Any] = {}
    for name, value in values.items():
        if not len(value) or not np.isfinite(value).all():
            continue
        found[name] = float(np.mean(value))
        if len(value) > 1:
            found[f"{name}_interval"] = list(bootstrap_interval(value, seed))
    return found


class Seen(NamedTuple):
    """What was seen in some images.

    Attributes:
        logits: float32 `(images, categories)`, the performer's scores before
            the softmax, see `LogitHead`.
        rebuilt: The same from the explainer's rebuilt features.
        peaks: Peaks of `interp_2`.
    """

    logits: np.ndarray
    rebuilt: np.ndarray
    peaks: FilterPeaks


def see(explainer: Explainer, batch_size: int) -> Callable[[np.ndarray], Seen]:
    """Returns a function that looks at images.

    Args:
        explainer: A trained `Explainer`.
        batch_size: Images at a time.

    Returns:
        A function of uint8 images `(images, H, W, 3)` to what is seen.
    """
    attachment, last = explainer.attachment, explainer.reconstructed_layers[-1]
    logits_of = LogitHead(attachment.head)

    @tf.function(reduce_retracing=True, autograph=False)
    def run(images: Any) -> Any:
        features = attachment.features(
            tf.cast(images, tf.float32), training=False
        )
        encoded = explainer.encode(features)
        rebuilt = explainer.decoder(encoded.output, training=False)[last]
        maps = tf.cast(encoded.interp_2, tf.float32)
        logits = logits_of(features[last]), logits_of(rebuilt)
        return *logits, *explainer.peaks_of(maps)

    def look(images: np.ndarray) -> Seen:
        starts = range(0, len(images), batch_size)
        batches = [run(images[at : at + batch_size]) for at in starts]
        logits, rebuilt, positions, strengths = (
            np.concatenate(values) for values in zip(*batches, strict=True)
        )
        positions[strengths <= 0] = np.nan
        return Seen(logits, rebuilt, FilterPeaks(positions, strengths))

    return look


_FEWEST = 3


def correlations_in_groups(
    claimed: np.ndarray, measured: np.ndarray, groups: np.ndarray
) -> np.ndarray:
    """Rank correlation within each group.

    Args:
        claimed: float `(cases,)`.
        measured: float `(cases,)`.
        groups: int `(cases,)`, such as the image of each case; groups of
            fewer than 3 cases are left out, and those in which nothing that
            is measured makes a difference.

    Returns:
        float64, one number in [-1, 1] for each group that is left: 0 where
        the claim makes no difference, though it does in another group. Empty
        if it makes none in any: who claims nothing at all is neither right
        nor wrong.

    Source:
        Spearman 1904.
    """
    pairs = [
        (claimed[groups == group], measured[groups == group])
        for group in np.unique(groups)
        if (groups == group).sum() >= _FEWEST
    ]
    pairs = [(one, other) for one, other in pairs if not _constant(other)]
    if all(_constant(one) for one, _ in pairs):
        return np.empty(0)
    return np.array(
        [
            0.0 if _constant(one) else _spearman(one, other)
            for one, other in pairs
        ]
    )


def correlation_of_means(
    claimed: np.ndarray, measured: np.ndarray, groups: np.ndarray
) -> float:
    """Rank correlation of the means of groups with at least 3 cases.

    Args:
        claimed: float `(cases,)`.
        measured: float `(cases,)`.
        groups: int `(cases,)`, such as category and part of each case.

    Returns:
        In [-1, 1]; NaN with fewer than 3 such groups, or if one of the two
        makes no difference between them.

    Source:
        Spearman 1904.
    """
    _, group, count = np.unique(groups, return_inverse=True, return_counts=True)
    large = count >= _FEWEST
    if large.sum() < _FEWEST:
        return float("nan")
    one, other = (
        (np.bincount(group, values) / count)[large]
        for values in (claimed, measured)
    )
    if _constant(one) or _constant(other):
        return float("nan")
    return _spearman(one, other)


def _constant(values: np.ndarray) -> bool:
    return bool(np.ptp(values) == 0)


def _spearman(one: np.ndarray, other: np.ndarray) -> float:
    return float(stats.spearmanr(one, other).statistic)


class ScoreChanges(NamedTuple):
    """Measured on changed images, or claimed.

    Attributes:
        lost: float `(cases,)`, without the part.
        won: float `(cases with something to paste,)`, with another animal's
            part in its place; below 0 where that is worse.
    """

    lost: np.ndarray
    won: np.ndarray

    @classmethod
    def of(
        cls,
        cases: DrawnCases,
        whole: np.ndarray,
        removed: np.ndarray,
        pasted: np.ndarray,
    ) -> "ScoreChanges":
        """Takes the scores of each animal's own category.

        Args:
            cases: What was changed.
            whole: float `(images, categories)`, scores of whole images.
            removed: float `(cases, categories)`, without the part.
            pasted: The same with another animal's part.
        """
        labels = cases.labels[cases.image]
        index = np.arange(len(labels))
        before = whole[cases.image, labels]
        after = pasted[index, labels] - before
        return cls(before - removed[index, labels], after[cases.has_paste])

    def correlations(
        self, measured: "ScoreChanges", cases: DrawnCases
    ) -> dict[str, Any]:
        """Returns the rank correlations with others.

        Args:
            measured: What really changed.
            cases: What was changed.

        Returns:
            `by_image` and `by_category` of what is lost, `pasted` of what is
            won, see `causal_checks`; `by_image_interval` and
            `pasted_interval`, their 95 % bootstrap intervals over images.
            What cannot be computed is left out.
        """
        kinds = cases.labels[cases.image] * len(PART_NAMES) + cases.part
        exchanged = cases.image[cases.has_paste]
        means = correlation_of_means(self.lost, measured.lost, kinds)
        by_image = {
            "by_image": correlations_in_groups(
                self.lost, measured.lost, cases.image
            ),
            "pasted": correlations_in_groups(self.won, measured.won, exchanged),
        }
        return {
            **means_with_intervals(by_image),
            **known_numbers({"by_category": means}),
        }
