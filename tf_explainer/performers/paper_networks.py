"""AlexNet, VGG-M and VGG-S as performers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras

from tf_explainer.performers.conv_stages import ConvStage, matconvnet_model
from tf_explainer.performers.matconvnet_file import load_matconvnet
from tf_explainer.performers.performer_registry import (
    PAPER_SETTINGS,
    PERFORMERS,
    PaperSettings,
)

_ALEXNET_NORM = (5, 1.0, 2e-5, 0.75)
ALEXNET_STAGES = (
    ConvStage("1", 96, 11, stride=4, norm=_ALEXNET_NORM, pool=(3, 2, 0)),
    ConvStage("2", 256, 5, pad=2, groups=2, norm=_ALEXNET_NORM, pool=(3, 2, 0)),
    ConvStage("3", 384, 3, pad=1),
    ConvStage("4", 384, 3, pad=1, groups=2),
    ConvStage("5", 256, 3, pad=1, groups=2, pool=(3, 2, 0)),
)


PAPER_SETTINGS.register("alexnet")(
    PaperSettings("relu4", "relu5", ("relu6", "relu7"), "pool5", eta=1e6)
)


@PERFORMERS.register("alexnet")
def alexnet(
    classes: int = 1000,
    image_size: int = 227,
    weights: str | Path | None = None,
    width: int = 96,
    units: int = 4096,
    dropout: float = 0.5,
) -> keras.Model:
    """Returns AlexNet in Caffe's version; relu4 is explained.

    relu4 has 384 channels and relu5 has 256. The paper gives each conv-layer
    of the explainer as many filters as its input has channels, and fc6 takes
    256: we give the explainer's conv-layers 256 filters, so that the encoder
    fills relu5's place and fc-dec-1 can copy fc6. conv-interp-1 reads all
    384 channels, conv5 half of them for each filter (`dense_kernel` gives
    conv5 as one kernel of that shape).

    Args:
        classes: Number of categories.
        image_size: Height and width of the images, pixels.
        weights: `imagenet-caffe-alex.mat` or another MatConvNet file of this
            network. Its fc8 is taken if it has as many classes. `None`
            leaves the network random.
        width: Filters of conv1; the published network has 96.
        units: Units of fc6 and fc7.
        dropout: Share of units dropped behind relu6 and relu7 in training.

    Returns:
        A `keras.Model`, see `matconvnet_model`.

    Raises:
        InputError: If the file cannot be read or does not fit.

    Source:
        Krizhevsky et al. 2012; MatConvNet's `imagenet-caffe-alex`.
    """
    shape = classes, image_size, width, units, dropout
    return _network("alexnet", ALEXNET_STAGES, weights, *shape)


_VGG_NORM = (5, 2.0, 1e-4, 0.75)
VGG_M_STAGES = (
    ConvStage("1", 96, 7, stride=2, norm=_VGG_NORM, pool=(3, 2, 0)),
    ConvStage("2", 256, 5, stride=2, pad=1, norm=_VGG_NORM, pool=(3, 2, 1)),
    ConvStage("3", 512, 3, pad=1),
    ConvStage("4", 512, 3, pad=1),
    ConvStage("5", 512, 3, pad=1, pool=(3, 2, 0)),
)


PAPER_SETTINGS.register("vgg_m")(
    PaperSettings("relu4", "relu5", ("relu6", "relu7"), "pool5", eta=1e6)
)


@PERFORMERS.register("vgg_m")
def vgg_m(
    classes: int = 1000,
    image_size: int = 224,
    weights: str | Path | None = None,
    width: int = 96,
    units: int = 4096,
    dropout: float = 0.5,
) -> keras.Model:
    """Returns VGG-M ("medium"); relu4 is explained.

    Args:
        classes: Number of categories.
        image_size: Height and width of the images, pixels.
        weights: `imagenet-vgg-m.mat` or another MatConvNet file of this
            network. Its fc8 is taken if it has as many classes. `None`
            leaves the network random.
        width: Filters of conv1; the published network has 96.
        units: Units of fc6 and fc7.
        dropout: Share of units dropped behind relu6 and relu7 in training.

    Returns:
        A `keras.Model`, see `matconvnet_model`.

    Raises:
        InputError: If the file cannot be read or does not fit.

    Source:
        Chatfield et al. 2014, "Return of the Devil in the Details", CNN-M;
        MatConvNet's `imagenet-vgg-m`.
    """
    shape = classes, image_size, width, units, dropout
    return _network("vgg_m", VGG_M_STAGES, weights, *shape)


VGG_S_STAGES = (
    ConvStage("1", 96, 7, stride=2, norm=_VGG_NORM, pool=(3, 3, 2)),
    ConvStage("2", 256, 5, pool=(2, 2, 1)),
    ConvStage("3", 512, 3, pad=1),
    ConvStage("4", 512, 3, pad=1),
    ConvStage("5", 512, 3, pad=1, pool=(3, 3, 1)),
)


PAPER_SETTINGS.register("vgg_s")(
    PaperSettings("relu4", "relu5", ("relu6", "relu7"), "pool5", eta=1e6)
)


@PERFORMERS.register("vgg_s")
def vgg_s(
    classes: int = 1000,
    image_size: int = 224,
    weights: str | Path | None = None,
    width: int = 96,
    units: int = 4096,
    dropout: float = 0.5,
) -> keras.Model:
    """Returns VGG-S ("slow"); relu4 is explained.

    Args:
        classes: Number of categories.
        image_size: Height and width of the images, pixels.
        weights: `imagenet-vgg-s.mat` or another MatConvNet file of this
            network. Its fc8 is taken if it has as many classes. `None`
            leaves the network random.
        width: Filters of conv1; the published network has 96.
        units: Units of fc6 and fc7.
        dropout: Share of units dropped behind relu6 and relu7 in training.

    Returns:
        A `keras.Model`, see `matconvnet_model`.

    Raises:
        InputError: If the file cannot be read or does not fit.

    Source:
        Chatfield et al. 2014, "Return of the Devil in the Details", CNN-S;
        MatConvNet's `imagenet-vgg-s`.
    """
    shape = classes, image_size, width, units, dropout
    return _network("vgg_s", VGG_S_STAGES, weights, *shape)


def _network(
    name: str,
    stages: Sequence[ConvStage],
    weights: str | Path | None,
    *shape: Any,
) -> keras.Model:
    model = matconvnet_model(name, stages, *shape)
    if weights is not None:
        load_matconvnet(weights).assign_to(model, stages)
    return model
