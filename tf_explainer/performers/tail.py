"""conv5, pool5, fc6, fc7 and fc8 of the paper's networks."""

from typing import Any

import keras


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
