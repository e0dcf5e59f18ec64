"""Models that Keras 2 or tf_keras wrote, as Keras 3 reads them."""

import json
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras

# What Keras 2 wrote and Keras 3 knows no more; that value changes nothing.
_DROPPED = {
    "fused": (None, False, True),
    "groups": (1,),
    "optional": (False,),
    "ragged": (False,),
    "renorm": (False,),
    "synchronized": (False,),
    "virtual_batch_size": (None,),
}
_GROUPED = ("Conv1D", "Conv2D", "Conv3D", "GroupedConv2D")


def keras_version(path: Path) -> str:
    """Returns the version of Keras that wrote a model file, or `""`.

    Args:
        path: A `.keras` or `.h5` file.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                told = json.loads(archive.read("metadata.json"))
            return str(told.get("keras_version", ""))
        with h5py.File(path, "r") as file:
            version = file.attrs.get("keras_version", "")
    # zipfile, zlib and HDF5 have an error of their own for each damage.
    except Exception:
        return ""
    return version.decode() if isinstance(version, bytes) else str(version)


def load_keras_2(path: Path) -> keras.Model:
    """Returns the model in a file of Keras 2, without its optimizer.

    Only the configuration is written anew, into a copy; Keras 3 reads the
    copy in its safe mode and checks the shapes of the weights.

    Args:
        path: A `.keras` or `.h5` file.

    Raises:
        ValueError: If the layers come in another order, so that the weights
            of two alike might change places; and whatever else Keras raises
            for what it does not know.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        if zipfile.is_zipfile(path):
            config = _copy_zip(path, copy)
        else:
            config = _copy_hdf5(path, copy)
        model = keras.saving.load_model(copy, compile=False, safe_mode=True)
    _check_order(config, model)
    return model


def _copy_zip(path: Path, copy: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        config = _renewed(json.loads(old.read("config.json")))
        config["compile_config"] = None
        new.writestr("config.json", json.dumps(config))
        # Only what Keras reads, and by its own names.
        for name in ("metadata.json", "model.weights.h5"):
            with old.open(name) as source, new.open(name, "w") as target:
                shutil.copyfileobj(source, target)
    return config


def _copy_hdf5(path: Path, copy: Path) -> dict[str, Any]:
    shutil.copyfile(path, copy)
    copy.chmod(0o600)
    with h5py.File(copy, "r+") as file:
        config = _renewed(json.loads(file.attrs["model_config"]))
        file.attrs["model_config"] = json.dumps(config).encode()
    return config


def _renewed(value: Any) -> Any:
    """A piece of the configuration, in Keras 3's words."""
    if isinstance(value, list):
        return [_renewed(one) for one in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("class_name")
    if kind in ("Policy", "PolicyV1"):
        return value["config"]["name"]
    renewed = {name: _renewed(one) for name, one in value.items()}
    if kind is None or not isinstance(renewed.get("config"), dict):
        return renewed
    if "module" in renewed:
        renewed |= _place(str(renewed["module"]), kind)
    renewed["config"] = _config(kind, renewed["config"])
    return renewed


def _place(module: str, kind: str) -> dict[str, Any]:
    root, _, rest = module.partition(".")
    if root not in ("keras", "tf_keras"):
        # A class of the user's is found by its registered name; nothing is
        # imported because a file says so.
        return {"module": None}
    if kind in ("Functional", "Model"):
        return {
            "module": "keras.src.models.functional",
            "class_name": "Functional",
            "registered_name": "Functional",
        }
    if kind == "Sequential":
        return {"module": "keras", "registered_name": None}
    public = rest.removeprefix("src.").split(".")[0]
    return {"module": f"keras.{public}", "registered_name": None}


def _config(kind: str, config: dict[str, Any]) -> dict[str, Any]:
    kept = {
        name: value
        for name, value in config.items()
        if value not in _DROPPED.get(name, ())
        or (name == "groups" and kind in _GROUPED)
    }
    axis = kept.get("axis")
    if kind == "BatchNormalization" and isinstance(axis, list):
        (kept["axis"],) = axis
    return kept


def _check_order(config: dict[str, Any], model: keras.Model) -> None:
    """The files of Keras 2 count layers of one class in their order."""
    layers = [
        layer
        for layer in config["config"]["layers"]
        if layer["class_name"] != "InputLayer"
    ]
    found = [
        layer
        for layer in model.layers
        if not isinstance(layer, keras.layers.InputLayer)
    ]
    names = [layer["config"]["name"] for layer in layers]
    if names != [layer.name for layer in found]:
        raise ValueError("its layers come in another order")
    for inner, layer in zip(layers, found, strict=True):
        if isinstance(layer, keras.Model):
            _check_order(inner, layer)
