"""Reads a model file, or says what it is and what to do."""

import re
import zipfile
from pathlib import Path

import h5py
import keras

from tf_explainer.errors import InputError, closest
from tf_explainer.performers.keras_2_file import keras_version, load_keras_2

_SUFFIXES = (".keras", ".h5", ".hdf5")
_SAVE = "In Keras, save the model with `model.save('NAME.keras')`"
_OTHERS = {
    ".ckpt": "a TensorFlow checkpoint, which holds weights alone",
    ".index": "part of a TensorFlow checkpoint, which holds weights alone",
    ".joblib": "a pickled Python object",
    ".json": "a configuration without weights",
    ".mat": "a MATLAB file, which `--weights` takes beside `--backbone`",
    ".npy": "a NumPy array",
    ".npz": "NumPy arrays",
    ".onnx": "an ONNX model",
    ".pb": "a TensorFlow graph, whose layers cannot be taken apart",
    ".pickle": "a pickled Python object",
    ".pkl": "a pickled Python object",
    ".pt": "a PyTorch model",
    ".pth": "a PyTorch model",
    ".safetensors": "weights without layers",
    ".tflite": "a TensorFlow Lite model, whose layers cannot be taken apart",
}
_LONGEST = 200
_UNKNOWN = re.compile(
    r"(?:locate class|Unknown layer:|not deserialize) '(?:\w+[.>])*(\w+)'"
)


def load_model(path: Path, compile: bool = False) -> keras.Model:
    """Returns a Keras model from a file.

    Keras runs no code from it (`safe_mode`). Files of Keras 2 are read where
    Keras 3 knows their layers.

    Args:
        path: A `.keras` or `.h5` file.
        compile: Whether its optimizer is read as well.

    Raises:
        InputError: If there is no such file or it holds no Keras model; what
            it is instead and what to do is said.
    """
    _check_file(path)
    try:
        return keras.saving.load_model(path, compile=compile)
    except InputError:
        raise
    # Keras raises whatever its parts raise: zip, HDF5, JSON, and the classes
    # of the model, which may be anyone's.
    except Exception as error:
        version = keras_version(path)
        if not version.startswith("2."):
            raise InputError(f"{path} {_told(str(error))}") from error
    try:
        return load_keras_2(path)
    except Exception as error:
        told = _told(str(error)).rstrip(".")
        raise InputError(
            f"{path} was written by Keras {version} and cannot be read by "
            f"Keras 3: it {told}. Save its weights with the old "
            "Keras (`model.save_weights('NAME.weights.h5')`), make the same "
            "layers in Keras 3, load them and save `NAME.keras`."
        ) from error


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise InputError(_told_folder(path))
    if not path.is_file():
        raise InputError(f"There is no model file {path}.{_near(path)}")
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise InputError(f"{path} is empty. {_SAVE}.")
    if zipfile.is_zipfile(path):
        _check_zip(path)
    elif h5py.is_hdf5(path):
        _check_hdf5(path)
    elif start.startswith((b"PK", b"\x89HDF")):
        raise InputError(_cut_off(path))
    elif path.suffix in _OTHERS:
        raise InputError(f"{path} is {_OTHERS[path.suffix]}. {_SAVE}.")
    else:
        raise InputError(
            f"{path} is no Keras model that can be read: neither a zip "
            "archive, as .keras files are, nor HDF5, as .h5 files are. "
            f"{_SAVE}."
        )


def _check_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise InputError(_cut_off(path)) from error
    if "config.json" not in names:
        kind = _OTHERS.get(path.suffix, "a zip archive without a Keras model")
        raise InputError(f"{path} is {kind}. {_SAVE}.")
    if path.suffix != ".keras":
        raise InputError(
            f"{path} is a .keras file by what it holds; rename it to "
            f"{path.with_suffix('.keras').name}."
        )


def _check_hdf5(path: Path) -> None:
    try:
        with h5py.File(path, "r") as file:
            whole, names = "model_config" in file.attrs, set(file)
            weights = "layer_names" in file.attrs or names & {"layers", "vars"}
    # What h5py makes of damage.
    except (OSError, RuntimeError, LookupError, ValueError, TypeError) as error:
        raise InputError(_cut_off(path)) from error
    if not whole:
        kind = (
            "holds weights alone, without the layers they belong to. Make the "
            "model in Python, load them with `model.load_weights`, and save it "
            "with `model.save('NAME.keras')`"
            if weights or path.name.endswith(".weights.h5")
            else f"is an HDF5 file without a Keras model. {_SAVE}"
        )
        raise InputError(f"{path} {kind}.")
    if path.suffix not in (".h5", ".hdf5"):
        raise InputError(
            f"{path} is an .h5 file by what it holds; rename it to "
            f"{path.with_suffix('.h5').name}."
        )


def _cut_off(path: Path) -> str:
    return (
        f"{path} begins like a model file but is cut off or damaged. Copy or "
        "save it again."
    )


def _told_folder(path: Path) -> str:
    if (path / "saved_model.pb").is_file():
        return (
            f"{path} is a SavedModel folder, whose layers cannot be taken "
            f"apart. {_SAVE} in its place."
        )
    if (path / "config.json").is_file():
        return (
            f"{path} is a folder, as an unpacked .keras file is, which is one "
            f"zip archive. {_SAVE}."
        )
    inside = sorted(
        one.name for one in path.iterdir() if one.suffix in _SUFFIXES
    )
    found = f" Did you mean {path / inside[0]}?" if inside else f" {_SAVE}."
    return f"{path} is a folder, not a model file.{found}"


def _near(path: Path) -> str:
    if not path.parent.is_dir():
        return f" There is no folder {path.parent} either."
    names = [
        one.name
        for one in path.parent.iterdir()
        if one.suffix in _SUFFIXES or one.name.startswith(f"{path.name}.")
    ]
    near = closest(path.name, names, n=1)
    near = near or [name for name in names if Path(name).stem == path.stem]
    return f" Did you mean {path.with_name(near[0])}?" if near else ""


def _told(reason: str) -> str:
    """What Keras says, in our words where they are known."""
    if "`Lambda`" in reason or "'Lambda'" in reason:
        return (
            "has a Lambda layer, and Keras runs no code from a file. Put a "
            "layer in its place, such as Rescaling, or plain operations, such "
            "as x / 127.5 - 1, and save the model again."
        )
    if "TFSMLayer" in reason:
        return (
            "has a TFSMLayer, a SavedModel whose layers cannot be taken apart."
            f" {_SAVE} that it was made from."
        )
    unknown = _UNKNOWN.search(reason)
    if unknown and unknown[1] in ("TFOpLambda", "SlicingOpLambda"):
        return (
            f"has plain TensorFlow operations ({unknown[1]}), which Keras 3 "
            "does not know. Put layers in their place, such as Rescaling."
        )
    if unknown:
        return (
            f"holds the class {unknown[1]}, which is not known here. In "
            "Python, put @keras.saving.register_keras_serializable() above "
            "it, load the model and hand it to Explainer.from_performer."
        )
    return f"is no Keras model that can be read: {_short(reason)}"


def _short(reason: str) -> str:
    first = (reason.strip().splitlines() or ["no reason is given"])[0]
    return first if len(first) <= _LONGEST else f"{first[:_LONGEST]} …"
