"""Numbers: where filters fire, and whether that place is an object part.

A measure is a function `(train, test) -> number` of two `LocatedPeaks`,
registered in `METRICS`; a control is a function
`(train, test, seed) -> (train, test)` that replaces the peaks by a rule that
knows nothing of the image, registered in `CONTROLS`; a control of features is
a function `(vectors, components, seed) -> Projection` that makes filters of
the performer's target feature without learning to explain, registered in
`FEATURE_CONTROLS`. A new file in this package that registers itself is
measured, and shown in the report, with no other edit.

Positions are `(row, column)` as fractions of the image's height and width,
NaN where a landmark is hidden or a filter silent.
"""

from collections.abc import Callable
from typing import Any

from tf_explainer.registry import Registry

METRICS: Registry[Callable[..., float]] = Registry("measure", __name__)
CONTROLS: Registry[Callable[..., Any]] = Registry("control", __name__)
FEATURE_CONTROLS: Registry[Callable[..., Any]] = Registry(
    "control of features", __name__
)

# Behind the registry: the files below register themselves with it.
from tf_explainer.evaluation.compare import compare
from tf_explainer.evaluation.evaluate import evaluate
from tf_explainer.evaluation.filter_peaks import FilterPeaks
from tf_explainer.evaluation.filter_skill import (
    FilterSkill,
    filter_skill,
)
from tf_explainer.evaluation.filter_stability import (
    FilterStability,
    filter_stability,
)
from tf_explainer.evaluation.landmark_free_proxy import LandmarkFreeProxy
from tf_explainer.evaluation.landmark_skill import (
    LandmarkSkill,
    landmark_skill,
)
from tf_explainer.evaluation.located_peaks import LocatedPeaks
from tf_explainer.evaluation.location_instability import (
    filter_location_instability,
)
from tf_explainer.evaluation.measure import measure
from tf_explainer.evaluation.observation import Observation
from tf_explainer.evaluation.observation_file import (
    load_observation,
    save_observation,
)
from tf_explainer.evaluation.observe import observe
from tf_explainer.evaluation.skill_interval import skill_interval

__all__ = [
    "CONTROLS",
    "FEATURE_CONTROLS",
    "METRICS",
    "FilterPeaks",
    "FilterSkill",
    "FilterStability",
    "LandmarkFreeProxy",
    "LandmarkSkill",
    "LocatedPeaks",
    "Observation",
    "compare",
    "evaluate",
    "filter_location_instability",
    "filter_skill",
    "filter_stability",
    "landmark_skill",
    "load_observation",
    "measure",
    "observe",
    "save_observation",
    "skill_interval",
]
