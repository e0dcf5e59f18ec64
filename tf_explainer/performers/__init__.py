"""The networks that are explained, and their weights."""

from tf_explainer.performers.matconvnet_file import load_matconvnet
from tf_explainer.performers.mobilenet_network import mobilenet
from tf_explainer.performers.model_file import load_model
from tf_explainer.performers.network_layers import (
    ClassScores,
    GroupedConv2D,
    LocalResponseNorm,
    MeanImage,
)
from tf_explainer.performers.paper_networks import alexnet, vgg_m, vgg_s
from tf_explainer.performers.performer_registry import (
    PERFORMERS,
    RECIPES,
    PaperSettings,
    Recipe,
)
from tf_explainer.performers.small_network import small_cnn
from tf_explainer.performers.vgg_16_network import vgg_16

__all__ = [
    "ClassScores",
    "GroupedConv2D",
    "LocalResponseNorm",
    "MeanImage",
    "PERFORMERS",
    "PaperSettings",
    "RECIPES",
    "Recipe",
    "alexnet",
    "load_matconvnet",
    "load_model",
    "mobilenet",
    "small_cnn",
    "vgg_16",
    "vgg_m",
    "vgg_s",
]
