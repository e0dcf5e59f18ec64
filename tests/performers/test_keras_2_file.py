"""Files as Keras 2 and tf_keras wrote them."""

import json
import zipfile

import h5py
import keras
import numpy as np
import pytest

from tf_explainer.performers.keras_2_file import keras_version, load_keras_2
from tf_explainer.performers.model_file import load_model

layers = keras.layers
IMAGES = np.random.default_rng(0).random((2, 8, 8, 3)).astype("float32")


def new_model():
    """What the old files hold, made by Keras 3, with random weights."""
    keras.utils.set_random_seed(0)
    image = keras.Input((8, 8, 3), name="input_1")
    x = layers.Conv2D(4, 3, name="c1")(image)
    x = layers.DepthwiseConv2D(3, name="dw")(x)
    x = layers.BatchNormalization(name="bn")(x)
    x = layers.Conv2D(4, 1, activation="relu", name="c2")(x)
    x = layers.GlobalMaxPooling2D(name="top")(x)
    model = keras.Model(image, layers.Dense(2, name="scores")(x), name="old")
    random = np.random.default_rng(1)
    model.set_weights([random.random(w.shape) for w in model.get_weights()])
    return model


def old_config(root):
    """Its configuration in the words of Keras 2."""
    conv = {"groups": 1, "data_format": "channels_last"}
    made = [
        ("InputLayer", "input_1", {"batch_input_shape": [None, 8, 8, 3],
                                   "sparse": False, "ragged": False}),
        ("Conv2D", "c1", {"filters": 4, "kernel_size": [3, 3], **conv}),
        ("DepthwiseConv2D", "dw", {"kernel_size": [3, 3], **conv}),
        ("BatchNormalization", "bn", {"axis": [3], "epsilon": 0.001}),
        ("Conv2D", "c2", {"filters": 4, "kernel_size": [1, 1],
                          "activation": "relu", **conv}),
        ("GlobalMaxPooling2D", "top", {"keepdims": False}),
        ("Dense", "scores", {"units": 2, "activation": "linear"}),
    ]  # fmt: skip
    nodes = [name for _, name, _ in made]
    return {
        "module": f"{root}.src.engine.functional",
        "class_name": "Functional",
        "registered_name": "Functional",
        "build_config": {"input_shape": [None, 8, 8, 3]},
        "compile_config": {"optimizer": "adam", "loss": "mse"},
        "config": {
            "name": "old",
            "trainable": True,
            "layers": [
                {
                    "module": "keras.layers",
                    "class_name": kind,
                    "registered_name": None,
                    "name": name,
                    "config": {"name": name, "dtype": "float32", **config},
                    "inbound_nodes": [[[below, 0, 0, {}]]] if below else [],
                }
                for (kind, name, config), below in zip(
                    made, [None, *nodes], strict=False
                )
            ],
            "input_layers": [["input_1", 0, 0]],
            "output_layers": [["scores", 0, 0]],
        },
    }


def write_keras(path, config):
    """A `.keras` file with an old configuration."""
    new_model().save(path)
    with zipfile.ZipFile(path) as archive:
        weights = archive.read("model.weights.h5")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", '{"keras_version": "2.15.0"}')
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", weights)


def write_hdf5(path, config):
    """An `.h5` file with an old configuration."""
    from keras.src.legacy.saving import legacy_h5_format

    legacy_h5_format.save_model_to_hdf5(new_model(), path)
    with h5py.File(path, "r+") as file:
        file.attrs["keras_version"] = "2.12.0"
        file.attrs["model_config"] = json.dumps(config).encode()


@pytest.mark.parametrize("root", ["keras", "tf_keras"])
@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_same_scores(root, suffix, tmp_path):
    """Layers and weights are those of the file; the file does not change."""
    path = tmp_path / f"old.{suffix}"
    write = write_keras if suffix == "keras" else write_hdf5
    write(path, old_config(root))
    path.chmod(0o400)
    before = path.read_bytes()
    assert keras_version(path).startswith("2.1")
    (scores,) = keras.tree.flatten(load_model(path)([IMAGES]))
    np.testing.assert_allclose(scores, new_model()(IMAGES), rtol=1e-5)
    assert path.read_bytes() == before


def test_mixed_precision_is_kept(tmp_path):
    """A policy is written in one word today."""
    config = old_config("keras")
    for layer in config["config"]["layers"][1:]:
        layer["config"]["dtype"] = {
            "module": "keras.mixed_precision",
            "class_name": "Policy",
            "config": {"name": "mixed_bfloat16"},
            "registered_name": None,
        }
    write_keras(tmp_path / "old.keras", config)
    model = load_keras_2(tmp_path / "old.keras")
    assert model.get_layer("c1").compute_dtype == "bfloat16"


def change(kind, module="keras.layers", **config):
    """The old configuration with another layer in the place of `top`."""
    whole = old_config("keras")
    layer = whole["config"]["layers"][5]
    layer |= {"class_name": kind, "module": module}
    layer["config"] = {"name": "top", **config}
    return whole


@pytest.mark.parametrize(
    "config,told",
    [
        (
            change("TFOpLambda", function="math.add"),
            "TensorFlow operations",
        ),
        (change("Own", module="own.layers"), "class Own"),
        (change("system", module="os"), "class system"),
        (change("GlobalMaxPooling2D", new=1), "Keras 2.15.0"),
        (
            change("Lambda", function=["4wEAAA==", None, None]),
            "has a Lambda layer",
        ),
    ],
)
def test_what_keras_3_does_not_know(config, told, tmp_path):
    """One line: who wrote it, what it holds, how to save it again."""
    path = tmp_path / "old.keras"
    write_keras(path, config)
    with pytest.raises(ValueError, match=told) as raised:
        load_model(path)
    line = str(raised.value)
    assert "written by Keras 2.15.0" in line and "save_weights" in line
    assert "\n" not in line and len(line.replace(str(path), "")) < 600


def test_groups_that_mean_something_stay(tmp_path):
    """Only a value that changes nothing is left out."""
    config = old_config("keras")
    config["config"]["layers"][2]["config"]["groups"] = 2
    write_keras(tmp_path / "old.keras", config)
    with pytest.raises(ValueError, match="Keras 2"):
        load_model(tmp_path / "old.keras")


def test_another_order_of_layers_is_refused(tmp_path):
    """Two kernels of one shape might change places."""
    config = old_config("keras")
    layers_ = config["config"]["layers"]
    layers_[1], layers_[4] = layers_[4], layers_[1]
    write_keras(tmp_path / "old.keras", config)
    with pytest.raises(ValueError, match="in another order"):
        load_model(tmp_path / "old.keras")
