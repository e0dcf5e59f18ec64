"""The paper's networks as Keras models."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import keras

from tf_explainer.errors import InputError
from tf_explainer.performers.network_layers import (
    ClassScores,
    GroupedConv2D,
    LocalResponseNorm,
    MeanImage,
)


@dataclasses.dataclass(frozen=True)
class ConvStage:
    """conv → ReLU → (normalization) → (max pooling), in MatConvNet's numbers.

    Args:
        name: Number in the layers' names: `"5_3"` stands for conv5_3, relu5_3
            and pool5.
        filters: Filters of the published network.
        kernel: Height and width of the kernel.
        stride: Step of the kernel.
        pad: Rows and columns of zeros on each of the four sides.
        groups: Into how many groups channels are parted.
        norm: `[N κ α β]` of local response normalization, or `None`.
        pool: Size and step of max pooling, and the rows and columns that its
            last windows may stick out below and on the right; or `None`.
    """

    name: str
    filters: int
    kernel: int
    stride: int = 1
    pad: int = 0
    groups: int = 1
    norm: tuple[int, float, float, float] | None = None
    pool: tuple[int, int, int] | None = None

    @property
    def pool_name(self) -> str:
        """Name of the pooling layer, such as `pool5`."""
        return f"pool{self.name.split('_')[0]}"


def matconvnet_model(
    name: str,
    stages: Sequence[ConvStage],
    classes: int,
    image_size: int,
    width: int,
    units: int,
    dropout: float,
) -> keras.Model:
    """Returns an untrained network of conv-stages, fc6, fc7 and fc8.

    Images are float, RGB, 0–255; the mean image is subtracted inside. The
    output is softmax scores. Layers are called as in MatConvNet's files.

    Args:
        name: Name of the model.
        stages: Its conv-layers, lowest first.
        classes: Number of categories.
        image_size: Height and width of the images, pixels.
        width: Filters of the first conv-layer; those above keep their ratio
            to it.
        units: Units of fc6 and fc7.
        dropout: Share of units dropped behind relu6 and relu7 in training.

    Raises:
        InputError: If the images are too small for the network.
    """
    image = keras.Input((image_size, image_size, 3), name="image")
    x = MeanImage(name="mean_image")(image)
    for stage in stages:
        filters = _scaled(stage.filters, width / stages[0].filters)
        x = _conv(x, stage, filters)
        if stage.norm:
            x = LocalResponseNorm(*stage.norm, name=f"norm{stage.name}")(x)
        if stage.pool:
            x = _pool(x, stage)
    x = keras.layers.Flatten(data_format="channels_last", name="flatten")(x)
    for number in "67":
        x = keras.layers.Dense(
            units, kernel_initializer="he_normal", name=f"fc{number}"
        )(x)
        x = keras.layers.ReLU(name=f"relu{number}")(x)
        x = keras.layers.Dropout(dropout, name=f"drop{number}")(x)
    # Small first scores, as in MatConvNet: a new fc8 on trained features must
    # not throw them off course.
    small = keras.initializers.RandomNormal(stddev=0.01)
    x = keras.layers.Dense(classes, kernel_initializer=small, name="fc8")(x)
    return keras.Model(image, ClassScores(name="prob")(x), name=name)


def _scaled(filters: int, share: float) -> int:
    # An even number, which two groups can share.
    return max(2, 2 * round(filters * share / 2))


def _conv(x: Any, stage: ConvStage, filters: int) -> Any:
    same = stage.stride == 1 and stage.kernel == 2 * stage.pad + 1
    if stage.pad and not same:
        x = keras.layers.ZeroPadding2D(
            stage.pad, data_format="channels_last", name=f"pad{stage.name}"
        )(x)
    _check_side(x, stage.kernel, f"conv{stage.name}")
    layer = keras.layers.Conv2D if stage.groups == 1 else GroupedConv2D
    x = layer(
        filters,
        stage.kernel,
        strides=stage.stride,
        padding="same" if same else "valid",
        data_format="channels_last",
        groups=stage.groups,
        kernel_initializer="he_normal",
        name=f"conv{stage.name}",
    )(x)
    return keras.layers.ReLU(name=f"relu{stage.name}")(x)


def _pool(x: Any, stage: ConvStage) -> Any:
    """Max pooling whose last windows may stick out, as in MatConvNet.

    Keras sticks out on both sides or not at all. Where that differs, zeros
    are put below and on the right, which changes no maximum behind a ReLU.
    """
    size, stride, pad = stage.pool or (1, 1, 0)
    side = x.shape[1]
    _check_side(x, size - pad, stage.pool_name)
    units = (side + pad - size) // stride + 1
    out = max((units - 1) * stride + size - side, 0)
    same = out == 1 and units == -(-side // stride)
    if out and not same:
        x = keras.layers.ZeroPadding2D(
            ((0, out), (0, out)),
            data_format="channels_last",
            name=f"pad_{stage.pool_name}",
        )(x)
    return keras.layers.MaxPooling2D(
        size,
        stride,
        padding="same" if same else "valid",
        data_format="channels_last",
        name=stage.pool_name,
    )(x)


def _check_side(x: Any, size: int, name: str) -> None:
    if x.shape[1] < size:
        raise InputError(
            f"`image_size` is too small: {name} needs maps of {size} units, "
            f"received {x.shape[1]}."
        )
