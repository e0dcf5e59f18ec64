"""Reads the files of `keras.applications.MobileNet`."""

import warnings
from pathlib import Path
from typing import Any

import h5py
import keras

from tf_explainer.errors import InputError
from tf_explainer.performers.channels_last import channels_last
from tf_explainer.performers.told_download import told_download

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
