"""The model: encoder, decoder, and how it learns."""

from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.explainer.encoder import Encoder
from tf_explainer.explainer.explainer import Explainer
from tf_explainer.explainer.explanation import ExplainedPart, Explanation
from tf_explainer.explainer.interpretable_conv import InterpretableConv
from tf_explainer.explainer.part_encoder import PartEncoder
from tf_explainer.explainer.parts import Part
from tf_explainer.explainer.score_pieces import Contributions
from tf_explainer.explainer.two_tracks import Encoded, EncodedParts

__all__ = [
    "Contributions",
    "Encoded",
    "EncodedParts",
    "Encoder",
    "ExplainedPart",
    "Explainer",
    "ExplainerSettings",
    "Explanation",
    "InterpretableConv",
    "Part",
    "PartEncoder",
]
