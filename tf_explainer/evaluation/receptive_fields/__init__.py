"""What part of an image a unit really reads, at the image's resolution.

The theoretical receptive field of a deep layer covers most of the image.
`occlusion_fields` covers the image bit by bit and sees what the response of a
part, a filter or a channel loses; `round_fields` takes the theoretical field,
which needs no covering.
"""

from tf_explainer.evaluation.receptive_fields.asked_units import KINDS
from tf_explainer.evaluation.receptive_fields.occlusion import (
    OCCLUDERS,
    occlusion_fields,
)
from tf_explainer.evaluation.receptive_fields.round_discs import round_fields
from tf_explainer.evaluation.receptive_fields.unit_field import UnitField

__all__ = [
    "KINDS",
    "OCCLUDERS",
    "UnitField",
    "occlusion_fields",
    "round_fields",
]
