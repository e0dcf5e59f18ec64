"""A small CNN with the tail of the paper's networks."""

from typing import Any

import keras

from tf_explainer.performers.performer_registry import (
    PERFORMERS,
    RECIPES,
    Recipe,
)


def add_tail(
    x: Any, classes: int, filters: int, units: int, dropout: float = 0.5
) -> Any:
    """Puts conv5 → pool5 → fc6 → fc7 → fc8 on a feature map.

    Args:
        x: Symbolic map `(batch, H, W, channels)` of relu4.
        classes: Number of categories.
        filters: Filters of conv5.
        units: Units of fc6 and fc7, which hold their ReLU.
        dropout: Share of units dropped behind fc6 and fc7 in training.

    Returns:
        Symbolic softmax scores `(batch, classes)`, float32 under every
        precision policy.

    Source:
        The tail of AlexNet and VGG-M (Zhang et al. 2018, section 4).
    """
    x = keras.layers.Conv2D(
        filters,
        3,
        padding="same",
        data_format="channels_last",
        kernel_initializer="he_normal",
        name="conv5",
    )(x)
    x = keras.layers.ReLU(name="relu5")(x)
    x = keras.layers.MaxPooling2D(data_format="channels_last", name="pool5")(x)
    x = keras.layers.Flatten(data_format="channels_last", name="flatten")(x)
    for name in ("fc6", "fc7"):
        x = keras.layers.Dense(
            units, activation="relu", kernel_initializer="he_normal", name=name
        )(x)
        x = keras.layers.Dropout(dropout, name=f"drop{name[-1]}")(x)
    x = keras.layers.Dense(classes, name="fc8")(x)
    return keras.layers.Softmax(name="scores", dtype="float32")(x)


RECIPES.register("small_cnn")(Recipe(epochs=8, learning_rate=2e-3))


@PERFORMERS.register("small_cnn")
def small_cnn(
    classes: int,
    image_size: int = 96,
    width: int = 24,
    units: int = 128,
    dropout: float = 0.1,
) -> keras.Model:
    """Returns an untrained network of five conv- and three fc-layers.

    Layers are called as in the paper's networks: conv1 … relu5, pool5, fc6,
    fc7, fc8; fc6 and fc7 hold their ReLU. The maps of relu4 and relu5 have
    an eighth of the image's side. Images are float, RGB, 0–255; the output
    is softmax scores.

    Args:
        classes: Number of categories.
        image_size: Height and width of the images, pixels.
        width: Filters of conv1; conv2 has twice as many, conv3 to conv5 have
            three times as many.
        units: Units of fc6 and fc7.
        dropout: Share of units dropped behind fc6 and fc7 in training.

    Returns:
        A `keras.Model`.

    Source:
        The shape of AlexNet and VGG-M, scaled down to drawn images; batch
        normalization is added so that it learns within a minute.
    """
    image = keras.Input((image_size, image_size, 3), name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1, name="rescale")(image)
    filters = (width, 2 * width, 3 * width, 3 * width)
    for index, count in enumerate(filters, start=1):
        x = keras.layers.Conv2D(
            count,
            5 if index == 1 else 3,
            strides=2 if index == 1 else 1,
            padding="same",
            data_format="channels_last",
            use_bias=False,
            name=f"conv{index}",
        )(x)
        x = keras.layers.BatchNormalization(momentum=0.9, name=f"bn{index}")(x)
        x = keras.layers.ReLU(name=f"relu{index}")(x)
        if index in (1, 2):
            x = keras.layers.MaxPooling2D(
                data_format="channels_last", name=f"pool{index}"
            )(x)
    scores = add_tail(
        x, classes, filters=3 * width, units=units, dropout=dropout
    )
    return keras.Model(image, scores, name="small_cnn")
