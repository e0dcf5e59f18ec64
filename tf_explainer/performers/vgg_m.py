"""VGG-M as a performer."""

from pathlib import Path

import keras

from tf_explainer.performers.conv_stage import ConvStage
from tf_explainer.performers.load_matconvnet import load_matconvnet
from tf_explainer.performers.matconvnet_model import matconvnet_model
from tf_explainer.performers.paper_settings import (
    PAPER_SETTINGS,
    PaperSettings,
)
from tf_explainer.performers.performer_registry import PERFORMERS

_NORM = (5, 2.0, 1e-4, 0.75)

STAGES = (
    ConvStage("1", 96, 7, stride=2, norm=_NORM, pool=(3, 2, 0)),
    ConvStage("2", 256, 5, stride=2, pad=1, norm=_NORM, pool=(3, 2, 1)),
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
    model = matconvnet_model(
        "vgg_m", STAGES, classes, image_size, width, units, dropout
    )
    if weights is not None:
        load_matconvnet(weights).assign_to(model, STAGES)
    return model
