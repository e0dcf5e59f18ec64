"""VGG-16 as a performer."""

from pathlib import Path

import keras

from tf_explainer.performers.conv_stage import ConvStage
from tf_explainer.performers.load_keras_vgg_16 import load_keras_vgg_16
from tf_explainer.performers.load_matconvnet import load_matconvnet
from tf_explainer.performers.matconvnet_model import matconvnet_model
from tf_explainer.performers.paper_settings import (
    PAPER_SETTINGS,
    PaperSettings,
)
from tf_explainer.performers.performer_registry import PERFORMERS

_BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))

STAGES = tuple(
    ConvStage(
        f"{block}_{index}",
        filters,
        3,
        pad=1,
        pool=(2, 2, 0) if index == count else None,
    )
    for block, (filters, count) in enumerate(_BLOCKS, start=1)
    for index in range(1, count + 1)
)

PAPER_SETTINGS.register("vgg_16")(
    PaperSettings("relu5_2", "relu5_3", ("relu6", "relu7"), "pool5", eta=1.5e5)
)


@PERFORMERS.register("vgg_16")
def vgg_16(
    classes: int = 1000,
    image_size: int = 224,
    weights: str | Path | None = None,
    width: int = 64,
    units: int = 4096,
    dropout: float = 0.5,
) -> keras.Model:
    """Returns VGG-16; relu5_2 is explained.

    Args:
        classes: Number of categories.
        image_size: Height and width of the images, pixels.
        weights: `imagenet-vgg-verydeep-16.mat` or another MatConvNet file of
            this network; `"imagenet"` or an `.h5` file for the weights of
            `keras.applications`. fc8 is taken if it has as many classes.
            `None` leaves the network random.
        width: Filters of conv1_1; the published network has 64.
        units: Units of fc6 and fc7.
        dropout: Share of units dropped behind relu6 and relu7 in training.

    Returns:
        A `keras.Model`, see `matconvnet_model`.

    Raises:
        InputError: If the file cannot be read or does not fit.

    Source:
        Simonyan and Zisserman 2015, configuration D; MatConvNet's
        `imagenet-vgg-verydeep-16`.
    """
    model = matconvnet_model(
        "vgg_16", STAGES, classes, image_size, width, units, dropout
    )
    if weights is None:
        return model
    if Path(weights).suffix == ".mat":
        load_matconvnet(weights).assign_to(model, STAGES)
    else:
        load_keras_vgg_16(weights).assign_to(model)
    return model
