"""Reads the VGG-16 file of `keras.applications`."""

from pathlib import Path

import h5py
import keras
import numpy as np

from tf_explainer.errors import InputError
from tf_explainer.performers.mean_image import IMAGENET_MEAN
from tf_explainer.performers.published_weights import PublishedWeights

IMAGENET = "imagenet"
_FILE = "vgg16_weights_tf_dim_ordering_tf_kernels.h5"
_URL = (
    "https://storage.googleapis.com/tensorflow/keras-applications/vgg16/"
    + _FILE
)
_MD5 = "64373286793e3c8b2b4e3219cbf3544b"
_TOP = {"fc1": "fc6", "fc2": "fc7", "predictions": "fc8"}


def load_keras_vgg_16(path: str | Path) -> PublishedWeights:
    """Returns the weights of `keras.applications.VGG16`.

    They were trained on BGR images and are turned to RGB here.

    Args:
        path: `vgg16_weights_tf_dim_ordering_tf_kernels.h5`, or `"imagenet"`,
            which lets Keras download that file (553 MB) to its cache.

    Raises:
        InputError: If the file is not there or is no such file.

    Source:
        `keras.applications.vgg16`; its preprocessing is `caffe`.
    """
    if str(path) == IMAGENET:
        path = keras.utils.get_file(
            _FILE, _URL, cache_subdir="models", file_hash=_MD5
        )
    path = Path(path)
    if not path.is_file():
        raise InputError(
            f"`weights` must be a file or 'imagenet', received {path}."
        )
    try:
        with h5py.File(path, "r") as file:
            kernels = {
                _name(layer): _pair(file[layer])
                for layer in file
                if isinstance(file[layer], h5py.Group) and len(file[layer])
            }
    except (OSError, KeyError, ValueError) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise InputError(
            f"`weights` received {path}, which is no weights file of Keras: "
            f"{reason[0]}."
        ) from error
    if "conv1_1" in kernels:
        kernel, bias = kernels["conv1_1"]
        kernels["conv1_1"] = kernel[:, :, ::-1], bias
    mean = np.array(IMAGENET_MEAN, "float32").reshape(1, 1, 3)
    return PublishedWeights(str(path), kernels, mean)


def _name(layer: str) -> str:
    """`block5_conv3` → `conv5_3`, `fc1` → `fc6`."""
    block, _, conv = layer.partition("_conv")
    if block.startswith("block") and conv:
        return f"conv{block.removeprefix('block')}_{conv}"
    return _TOP.get(layer, layer)


def _pair(group: h5py.Group) -> tuple[np.ndarray, np.ndarray]:
    """Kernel and bias, told apart by their number of dimensions."""
    arrays: list[np.ndarray] = []

    def collect(_: str, node: h5py.Dataset | h5py.Group) -> None:
        if isinstance(node, h5py.Dataset):
            arrays.append(np.asarray(node[()], "float32"))

    group.visititems(collect)
    if len(arrays) != 2:
        raise ValueError(
            f"{group.name} holds {len(arrays)} arrays, not a kernel and a bias"
        )
    bias, kernel = sorted(arrays, key=np.ndim)
    return kernel, bias
