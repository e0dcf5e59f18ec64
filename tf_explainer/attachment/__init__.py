"""Where an explainer is attached to a performer."""

from tf_explainer.attachment.adapting import ScaledImage, adapt_performer
from tf_explainer.attachment.attachment import Attachment
from tf_explainer.attachment.cut import Cut
from tf_explainer.attachment.cuts import ChosenCut, choose_cut, possible_cuts
from tf_explainer.attachment.flat_graph import FlatGraph
from tf_explainer.attachment.head import ScoreOrder, SigmoidPair
from tf_explainer.attachment.inspection import Inspection, inspect_performer
from tf_explainer.attachment.loadable import plain_model
from tf_explainer.attachment.receptive_field import ReceptiveField

__all__ = [
    "Attachment",
    "ChosenCut",
    "Cut",
    "FlatGraph",
    "Inspection",
    "ReceptiveField",
    "ScaledImage",
    "ScoreOrder",
    "SigmoidPair",
    "adapt_performer",
    "choose_cut",
    "inspect_performer",
    "plain_model",
    "possible_cuts",
]
