"""What a class score loses and wins when parts change."""

from typing import Any, NamedTuple

import numpy as np

from tf_explainer.datasets.drawn_animals import PART_NAMES
from tf_explainer.evaluation.causal.drawn_cases import DrawnCases
from tf_explainer.evaluation.causal.means_with_intervals import (
    means_with_intervals,
)
from tf_explainer.evaluation.causal.rank_correlation import (
    correlation_of_means,
    correlations_in_groups,
)
from tf_explainer.evaluation.known_numbers import known_numbers


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
