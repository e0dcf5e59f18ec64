"""The network that is explained."""

from tf_explainer.performers.attachment import Attachment
from tf_explainer.performers.choose_cut import choose_cut
from tf_explainer.performers.cut import Cut
from tf_explainer.performers.feature_cache import feature_cache
from tf_explainer.performers.flat_graph import FlatGraph
from tf_explainer.performers.image_batches import image_batches
from tf_explainer.performers.performer_registry import PERFORMERS
from tf_explainer.performers.possible_cuts import possible_cuts
from tf_explainer.performers.receptive_field import ReceptiveField

__all__ = [
    "PERFORMERS",
    "Attachment",
    "Cut",
    "FlatGraph",
    "ReceptiveField",
    "choose_cut",
    "feature_cache",
    "image_batches",
    "possible_cuts",
]
