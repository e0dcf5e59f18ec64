"""AlexNet as a performer."""

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

_NORM = (5, 1.0, 2e-5, 0.75)

STAGES = (
    ConvStage("1", 96, 11, stride=4, norm=_NORM, pool=(3, 2, 0)),
    ConvStage("2", 256, 5, pad=2, groups=2, norm=_NORM, pool=(3, 2, 0)),
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
    model = matconvnet_model(
        "alexnet", STAGES, classes, image_size, width, units, dropout
    )
    if weights is not None:
        load_matconvnet(weights).assign_to(model, STAGES)
    return model
