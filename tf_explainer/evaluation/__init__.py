"""Numbers: where filters fire, and whether that place is an object part.

Positions are `(row, column)` as fractions of the image's height and width,
NaN where a landmark is hidden or a filter silent. `metrics` holds the
measures, `controls` what they are compared with, `part_measures` those of part
maps, `causal` what happens if a part is removed. `trust` sums up in a word
what needs no landmarks.
"""

from tf_explainer.evaluation.causal import (
    HEATS,
    faithfulness,
    removal_fidelity,
)
from tf_explainer.evaluation.comparison import compare
from tf_explainer.evaluation.controls import (
    CONTROLS,
    FEATURE_CONTROLS,
    PART_CONTROLS,
)
from tf_explainer.evaluation.full import full_measures
from tf_explainer.evaluation.grad_cam import GradCams, grad_cams
from tf_explainer.evaluation.label_free import LandmarkFreeProxy
from tf_explainer.evaluation.margins import skill_interval
from tf_explainer.evaluation.metrics import METRICS
from tf_explainer.evaluation.metrics.agreement import (
    FilterStability,
    filter_stability,
)
from tf_explainer.evaluation.metrics.landmarks import (
    LandmarkSkill,
    landmark_skill,
)
from tf_explainer.evaluation.metrics.location import filter_location_instability
from tf_explainer.evaluation.metrics.skills import FilterSkill, filter_skill
from tf_explainer.evaluation.moved_images import jittered
from tf_explainer.evaluation.observation import (
    Observation,
    ObservedSplit,
    load_observation,
    save_observation,
)
from tf_explainer.evaluation.observing import evaluate, observe
from tf_explainer.evaluation.part_measures import ObservedParts
from tf_explainer.evaluation.peaks import FilterPeaks, LocatedPeaks
from tf_explainer.evaluation.receptive_fields import (
    UnitField,
    occlusion_fields,
    round_fields,
)
from tf_explainer.evaluation.result import measure, validate_result
from tf_explainer.evaluation.trusting import trust

__all__ = [
    "CONTROLS",
    "FEATURE_CONTROLS",
    "FilterPeaks",
    "FilterSkill",
    "FilterStability",
    "GradCams",
    "HEATS",
    "LandmarkFreeProxy",
    "LandmarkSkill",
    "LocatedPeaks",
    "METRICS",
    "Observation",
    "ObservedParts",
    "ObservedSplit",
    "PART_CONTROLS",
    "UnitField",
    "compare",
    "evaluate",
    "faithfulness",
    "filter_location_instability",
    "filter_skill",
    "filter_stability",
    "full_measures",
    "grad_cams",
    "jittered",
    "landmark_skill",
    "load_observation",
    "measure",
    "observe",
    "occlusion_fields",
    "removal_fidelity",
    "round_fields",
    "save_observation",
    "skill_interval",
    "trust",
    "validate_result",
]
