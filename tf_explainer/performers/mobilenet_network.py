"""A frozen MobileNet trunk with the tail of the paper's networks."""

import contextlib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import keras

from tf_explainer.errors import InputError
from tf_explainer.performers.performer_registry import (
    PERFORMERS,
    RECIPES,
    Recipe,
)
from tf_explainer.performers.published_weights import told_download
from tf_explainer.performers.small_network import add_tail


@contextlib.contextmanager
def channels_last() -> Iterator[None]:
    """Lets layers that are made within the block put channels last.

    For what takes no `data_format`, such as `keras.applications`.
    """
    before = keras.config.image_data_format()
    keras.config.set_image_data_format("channels_last")
    try:
        yield
    finally:
        keras.config.set_image_data_format(before)


IMAGENET = "imagenet"
# What was published for Keras has 1000 classes or no head, and TensorFlow's
# own checkpoints 1001.
_HEADS: dict[str, dict[str, Any]] = {
    "1001 classes": {"classes": 1001},
    "1000 classes": {"classes": 1000},
    "no head": {"include_top": False},
}
_SIDES = (128, 160, 192, 224)
_CONV1 = 32


def load_mobilenet(
    source: str | Path, image_size: int, alpha: float | None = None
) -> keras.Model:
    """Returns a MobileNet with the weights of a file, with its head or none.

    Args:
        source: File of `keras.applications.MobileNet` with a head of 1001 or
            1000 classes or none, as it is published or as `save_weights` or
            `save` wrote it; or `"imagenet"`, which lets Keras download one.
        image_size: Height and width of the images, pixels; of the downloads,
            which are for several sizes, the nearest is taken.
        alpha: Width multiplier; `None` reads it from the file, and downloads
            0.75.

    Raises:
        InputError: If there is no such file, if it does not fit, or if it
            cannot be downloaded.
    """
    if str(source) == IMAGENET:
        side = min(_SIDES, key=lambda one: abs(one - image_size))
        with told_download("MobileNet"):
            return _network(side, alpha or 0.75, IMAGENET, include_top=False)
    path = Path(source)
    if not path.is_file():
        raise InputError(
            f"`weights` must be a file or 'imagenet', received {path}."
        )
    reasons = []
    for head, options in _HEADS.items():
        try:
            width = alpha or _width(path)
            network = _network(image_size, width, None, **options)
            with warnings.catch_warnings():
                # What Keras says of a head that does not fit.
                warnings.filterwarnings("ignore", "Skipping nested container")
                network.load_weights(path)
            return network
        except (ValueError, OSError, KeyError) as error:
            first = str(error).strip().splitlines() or [type(error).__name__]
            reasons.append(f"with {head}: {first[0]}")
    raise InputError(
        f"`weights` received {path}, which does not hold the weights of "
        f"MobileNet; {'; '.join(reasons)}"
    )


def _network(
    side: int, alpha: float, weights: str | None, **options: Any
) -> keras.Model:
    with channels_last():
        return keras.applications.MobileNet(
            input_shape=(side, side, 3), alpha=alpha, weights=weights, **options
        )


def _width(path: Path) -> float:
    """The width multiplier, by the filters of conv1."""
    filters: list[int] = []

    def collect(_: str, node: Any) -> None:
        if isinstance(node, h5py.Dataset) and node.shape[:-1] == (3, 3, 3):
            filters.append(node.shape[-1])

    with h5py.File(path, "r") as file:
        file.visititems(collect)
    if len(filters) != 1:
        raise ValueError(f"{len(filters)} of its kernels could be conv1")
    return filters[0] / _CONV1


TRUNK_LAYER = "conv_pw_11_relu"
RECIPES.register("mobilenet")(
    Recipe(epochs=6, learning_rate=3e-4, trunk_layer=TRUNK_LAYER)
)


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
