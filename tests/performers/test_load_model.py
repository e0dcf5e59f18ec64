"""Files that hold no model that can be read: what they are, what to do."""

import contextlib
import shutil
import zipfile

import h5py
import keras
import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.performers.model_file import load_model

layers = keras.layers


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A folder with one small model as every kind of file."""
    folder = tmp_path_factory.mktemp("models")
    model = keras.Sequential(
        [keras.Input((8, 8, 3)), layers.Conv2D(2, 3), layers.Flatten()]
    )
    model.save(folder / "whole.keras")
    model.save_weights(folder / "some.weights.h5")
    model.export(folder / "exported", verbose=False)
    # Keras itself calls it a legacy format.
    from keras.src.legacy.saving import legacy_h5_format

    legacy_h5_format.save_model_to_hdf5(model, folder / "whole.h5")
    keras.Sequential(
        [keras.Input((8, 8, 3)), layers.Lambda(lambda x: x / 255)]
    ).save(folder / "lambda.keras")
    for name in ("keras", "h5"):
        content = (folder / f"whole.{name}").read_bytes()
        (folder / f"cut.{name}").write_bytes(content[: len(content) // 2])
    shutil.copy(folder / "whole.keras", folder / "zip.h5")
    shutil.copy(folder / "whole.h5", folder / "hdf5.keras")
    shutil.copy(folder / "some.weights.h5", folder / "weights.h5")
    shutil.unpack_archive(folder / "whole.keras", folder / "open.keras", "zip")
    (folder / "empty.keras").touch()
    (folder / "folder").mkdir()
    for suffix in ("tflite", "onnx", "pb", "pt", "pkl", "txt"):
        (folder / f"a.{suffix}").write_bytes(b"something else")
    with zipfile.ZipFile(folder / "zip.pt", "w") as archive:
        archive.writestr("archive/data.pkl", b"never read")
    with h5py.File(folder / "data.h5", "w") as file:
        file["numbers"] = np.zeros(3)
    return folder


@pytest.mark.parametrize("name", ["whole.keras", "whole.h5"])
def test_whole_models(models, name):
    """Both kinds of file."""
    assert load_model(models / name).output_shape == (None, 72)


@pytest.mark.parametrize(
    "name,message",
    [
        ("exported", r"is a SavedModel folder.*model\.save\("),
        ("open.keras", "is a folder, as an unpacked .keras file is"),
        ("folder", "is a folder, not a model file"),
        ("some.weights.h5", r"holds weights alone.*load_weights.*save\("),
        ("weights.h5", "holds weights alone"),
        ("data.h5", "is an HDF5 file without a Keras model"),
        ("lambda.keras", "has a Lambda layer.*Rescaling.*save the model again"),
        ("cut.keras", "is cut off or damaged"),
        ("cut.h5", "is cut off or damaged"),
        ("empty.keras", "is empty"),
        ("zip.h5", r"rename it to zip\.keras"),
        ("hdf5.keras", r"rename it to hdf5\.h5"),
        ("a.tflite", "is a TensorFlow Lite model"),
        ("a.onnx", "is an ONNX model"),
        ("a.pb", "is a TensorFlow graph"),
        ("a.pt", "is a PyTorch model"),
        ("zip.pt", "is a PyTorch model"),
        ("a.pkl", "is a pickled Python object"),
        ("a.txt", "is no Keras model that can be read"),
        ("wohle.keras", r"no model file .*Did you mean .*whole\.keras\?"),
        ("whole", r"no model file .*Did you mean .*whole\.(keras|h5)\?"),
        ("none/a.keras", "There is no folder .*none either"),
    ],
)
def test_what_it_is_and_what_to_do(models, name, message):
    """One line of moderate length, without advice to leave the safe mode."""
    with pytest.raises(InputError, match=message) as told:
        load_model(models / name)
    line = str(told.value).replace(str(models), "")
    assert "\n" not in line and len(line) < 400
    assert "safe_mode" not in line and "unsafe" not in line


def test_a_class_that_is_not_known(models, tmp_path):
    """It is named, and no other file is opened."""
    path = tmp_path / "own.keras"

    class Own(layers.Layer):
        def call(self, x):
            return x

    keras.Sequential([keras.Input((8, 8, 3)), Own()]).save(path)
    with pytest.raises(InputError, match="holds the class Own"):
        load_model(path)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_damage_within(models, tmp_path, suffix):
    """Whatever zip and HDF5 make of it."""
    data, path = (models / f"whole{suffix}").read_bytes(), tmp_path / "a"
    path = path.with_suffix(suffix)
    for at in range(8, min(len(data), 4000), 97):
        path.write_bytes(data[:at] + b"\xff" * 16 + data[at + 16 :])
        with contextlib.suppress(InputError):
            load_model(path)
