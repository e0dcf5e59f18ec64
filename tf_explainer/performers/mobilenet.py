"""A frozen MobileNet trunk with the tail of the paper's networks."""

from pathlib import Path

import keras

from tf_explainer.performers.channels_last import channels_last
from tf_explainer.performers.load_mobilenet import load_mobilenet
from tf_explainer.performers.performer_registry import PERFORMERS
from tf_explainer.performers.tail import add_tail

TRUNK_LAYER = "conv_pw_11_relu"


@PERFORMERS.register("mobilenet")
def mobilenet(
    classes: int,
    image_size: int = 192,
    weights: str | Path | None = None,
    filters: int = 192,
    units: int = 512,
    alpha: float | None = None,
) -> keras.Model:
    """Returns MobileNet v1 up to its last large map, and a new tail.

    The trunk is frozen and ends at `conv_pw_11_relu`, the target layer; conv5,
    pool5, fc6, fc7 and fc8 are new. Images are float, RGB, 0–255; the output
    is softmax scores.

    Args:
        classes: Number of categories.
        image_size: Height and width of the images, pixels; the maps have a
            sixteenth of it.
        weights: File of `keras.applications.MobileNet` with any of its heads
            or none, or `"imagenet"`, which lets Keras download one (about
            5 MB), see `load_mobilenet`; `None` leaves the trunk random.
        filters: Filters of conv5, and so of an explainer's conv-layers. As
            many as the trunk has channels make its steps two to three times
            as long. On six real animals, seed 0, they gave neither more skill
            nor less delta error, but the performer 2 points of accuracy.
        units: Units of fc6 and fc7.
        alpha: Width multiplier of the trunk; `None` means that of the file,
            or 0.75, which gives 384 channels.

    Returns:
        A `keras.Model`.

    Raises:
        InputError: If the file cannot be read or does not fit.

    Source:
        Howard et al. 2017, "MobileNets"; the tail as in Zhang et al. 2018.
    """
    shape = (image_size, image_size, 3)
    if weights is None:
        with channels_last():
            trunk = keras.applications.MobileNet(
                input_shape=shape,
                alpha=alpha or 0.75,
                weights=None,
                include_top=False,
            )
    else:
        trunk = load_mobilenet(weights, image_size, alpha)
    source = keras.Model(trunk.input, trunk.get_layer(TRUNK_LAYER).output)
    image = keras.Input(shape, name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1, name="rescale")(image)
    # Fresh layers: a layer called twice would have two outputs, and
    # `get_layer(...).output` would lead to the other one.
    for layer in source.layers[1:]:
        x = layer.__class__.from_config(layer.get_config())(x)
    trunk = keras.Model(image, x)
    trunk.set_weights(source.get_weights())
    trunk.trainable = False
    scores = add_tail(x, classes, filters=filters, units=units)
    return keras.Model(image, scores, name="mobilenet")
