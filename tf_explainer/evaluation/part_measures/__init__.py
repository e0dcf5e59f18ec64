"""Measures of part maps that a collapse cannot win.

Many filters may find one landmark and a mean over filters will not tell. Here
parts compete: each place of the image has one winner, and each landmark takes
one part.
"""

from tf_explainer.evaluation.part_measures.agreement import (
    label_agreement,
    landmark_agreement,
)
from tf_explainer.evaluation.part_measures.matching import MatchedParts
from tf_explainer.evaluation.part_measures.observed import ObservedParts
from tf_explainer.evaluation.part_measures.regression import regression_error

__all__ = [
    "MatchedParts",
    "ObservedParts",
    "label_agreement",
    "landmark_agreement",
    "regression_error",
]
