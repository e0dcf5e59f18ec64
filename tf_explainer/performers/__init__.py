"""The networks that are explained, and their weights."""

from tf_explainer.performers.matconvnet_file import load_matconvnet
from tf_explainer.performers.network_layers import (
    ClassScores,
    GroupedConv2D,
    LocalResponseNorm,
    MeanImage,
)
from tf_explainer.performers.performer_registry import PERFORMERS, PaperSettings

__all__ = [
    "ClassScores",
    "GroupedConv2D",
    "LocalResponseNorm",
    "MeanImage",
    "PERFORMERS",
    "PaperSettings",
    "load_matconvnet",
]
