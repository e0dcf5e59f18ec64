"""VGG-16 as a performer."""

from pathlib import Path

import h5py
import keras
import numpy as np

from tf_explainer.errors import InputError
from tf_explainer.performers.conv_stages import ConvStage, matconvnet_model
from tf_explainer.performers.matconvnet_file import load_matconvnet
from tf_explainer.performers.network_layers import IMAGENET_MEAN
from tf_explainer.performers.performer_registry import (
    PAPER_SETTINGS,
    PERFORMERS,
    PaperSettings,
)
from tf_explainer.performers.published_weights import (
    PublishedWeights,
    told_download,
)

IMAGENET = "imagenet"
_FILE = "vgg16_weights_tf_dim_ordering_tf_kernels.h5"
_URL = (
    "https://storage.googleapis.com/tensorflow/keras-applications/vgg16/"
    + _FILE
)
_MD5 = "64373286793e3c8b2b4e3219cbf3544b"
# Keras 3 counts layers by their class, in the network's order.
_COUNTED = {
    "conv2d": [
        f"conv{block}_{index}"
        for block, count in enumerate((2, 2, 3, 3, 3), start=1)
        for index in range(1, count + 1)
    ],
    "dense": ["fc6", "fc7", "fc8"],
}
_TOP = {"fc1": "fc6", "fc2": "fc7", "predictions": "fc8"}


def load_keras_vgg_16(path: str | Path) -> PublishedWeights:
    """Returns the weights of `keras.applications.VGG16`.

    They were trained on BGR images and are turned to RGB here.

    Args:
        path: `vgg16_weights_tf_dim_ordering_tf_kernels.h5`, or `"imagenet"`,
            which lets Keras download that file (553 MB) to its cache; or
            what `save_weights` of that network wrote.

    Raises:
        InputError: If the file is not there, cannot be downloaded or is no
            such file.

    Source:
        `keras.applications.vgg16`; its preprocessing is `caffe`.
    """
    if str(path) == IMAGENET:
        with told_download(_FILE):
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
            named = _counted(file["layers"]) if "layers" in file else file
            kernels = {
                _name(layer): _pair(group)
                for layer, group in named.items()
                if isinstance(group, h5py.Group) and len(group)
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


def _counted(layers: h5py.Group) -> dict[str, h5py.Group]:
    """The layers of a `.weights.h5` by the names that they have here."""
    names = {
        f"{kind}_{place}" if place else kind: name
        for kind, names in _COUNTED.items()
        for place, name in enumerate(names)
    }
    return {
        names.get(layer, layer): group["vars"]
        for layer, group in layers.items()
        if len(group.get("vars", ()))
    }


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
