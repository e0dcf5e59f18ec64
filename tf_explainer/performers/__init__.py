"""The network that is explained."""

from tf_explainer.performers.attachment import Attachment
from tf_explainer.performers.choose_cut import choose_cut
from tf_explainer.performers.class_scores import ClassScores
from tf_explainer.performers.cut import Cut
from tf_explainer.performers.feature_cache import feature_cache
from tf_explainer.performers.flat_graph import FlatGraph
from tf_explainer.performers.grouped_conv import GroupedConv2D
from tf_explainer.performers.image_batches import image_batches
from tf_explainer.performers.load_matconvnet import load_matconvnet
from tf_explainer.performers.local_response_norm import LocalResponseNorm
from tf_explainer.performers.mean_image import MeanImage
from tf_explainer.performers.paper_settings import PaperSettings
from tf_explainer.performers.performer_registry import PERFORMERS
from tf_explainer.performers.possible_cuts import possible_cuts
from tf_explainer.performers.receptive_field import ReceptiveField
from tf_explainer.performers.scaled_image import ScaledImage
from tf_explainer.performers.score_order import ScoreOrder
from tf_explainer.performers.sigmoid_pair import SigmoidPair

__all__ = [
    "PERFORMERS",
    "Attachment",
    "ClassScores",
    "Cut",
    "FlatGraph",
    "GroupedConv2D",
    "LocalResponseNorm",
    "MeanImage",
    "PaperSettings",
    "ReceptiveField",
    "ScaledImage",
    "ScoreOrder",
    "SigmoidPair",
    "choose_cut",
    "feature_cache",
    "image_batches",
    "load_matconvnet",
    "possible_cuts",
]
