"""The file of `keras.applications` gives the scores of MatConvNet's."""

import h5py
import keras
import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.performers import PERFORMERS
from tf_explainer.performers.vgg_16_network import load_keras_vgg_16

KERAS_NAMES = {"fc6": "fc1", "fc7": "fc2", "fc8": "predictions"}
COLOR = np.array([[[123.68, 116.779, 103.939]]])


def keras_file(path, net):
    """Writes weights as `keras.applications`' file has them: for BGR."""
    names = []
    with h5py.File(path, "w") as file:
        for layer in net["layers"]:
            if layer["type"] != "conv":
                continue
            name = layer["name"]
            kernel, bias = layer["weights"]
            if name == "conv1_1":
                kernel = kernel[:, :, ::-1]
            if name in KERAS_NAMES:
                kernel = kernel.reshape(-1, kernel.shape[-1])
            label = KERAS_NAMES.get(name) or "block{}_conv{}".format(
                *name.removeprefix("conv").split("_")
            )
            names.append(label)
            group = file.create_group(label)
            group[f"{label}_W_1:0"] = kernel
            group[f"{label}_b_1:0"] = bias.ravel()
        for block in range(1, 6):
            names.append(f"block{block}_pool")
            file.create_group(f"block{block}_pool")
        file.attrs["layer_names"] = [name.encode() for name in names]


@pytest.fixture
def both(matconvnet, tmp_path):
    """The same weights, in a file of MatConvNet and in one of Keras."""
    net = matconvnet.network("vgg_16")
    net["meta"]["normalization"]["averageImage"] = COLOR
    matconvnet.save_v5(tmp_path / "net.mat", net)
    keras_file(tmp_path / "net.h5", net)
    return tmp_path / "net.mat", tmp_path / "net.h5"


def test_both_roads_give_the_same_scores(both, matconvnet):
    """RGB images, channels and mean are taken care of."""
    tiny = matconvnet.tiny["vgg_16"]
    one, other = (PERFORMERS.get("vgg_16")(7, weights=p, **tiny) for p in both)
    images = np.random.default_rng(0).uniform(0, 255, (2, 224, 224, 3))
    np.testing.assert_array_equal(one(images), other(images))


def test_conv1_as_keras_computes_it(both, matconvnet):
    """BGR minus the mean color, as `keras.applications` preprocesses."""
    model = PERFORMERS.get("vgg_16")(
        7, weights=both[1], **matconvnet.tiny["vgg_16"]
    )
    images = np.random.default_rng(0).uniform(0, 255, (1, 224, 224, 3))
    bgr = keras.applications.vgg16.preprocess_input(images.copy())
    with h5py.File(both[1]) as file:
        group = file["block1_conv1"]
        expected = keras.ops.conv(
            bgr.astype("float32"), group["block1_conv1_W_1:0"][()], 1, "same"
        )
        expected += group["block1_conv1_b_1:0"][()]
    conv = keras.Model(model.input, model.get_layer("conv1_1").output)
    np.testing.assert_allclose(conv(images), expected, rtol=1e-4, atol=1e-3)


def test_weights_saved_by_keras_itself(tmp_path):
    """`save_weights` of a narrow VGG-16 of `keras.applications`."""

    def narrow(layer):
        config = layer.get_config()
        if "filters" in config:
            config["filters"] //= 32
        if config.get("units") == 4096:
            config["units"] = 10
        return type(layer).from_config(config)

    keras.utils.set_random_seed(0)
    with keras.StatelessScope(initialize_variables=False):
        wide = keras.applications.VGG16(
            weights=None, input_shape=(64, 64, 3), classes=7
        )
    theirs = keras.models.clone_model(wide, clone_function=narrow)
    theirs.save_weights(tmp_path / "vgg.weights.h5")
    ours = PERFORMERS.get("vgg_16")(
        7, 64, tmp_path / "vgg.weights.h5", width=2, units=10
    )
    images = np.random.default_rng(0).uniform(0, 255, (2, 64, 64, 3))
    images = images.astype("float32")
    expected = theirs(keras.applications.vgg16.preprocess_input(images.copy()))
    np.testing.assert_allclose(ours(images), expected, rtol=1e-4)


def test_imagenet_is_keras_own_file(both, matconvnet, monkeypatch):
    """Keras is asked for its file by address and checksum."""
    asked = {}

    def get_file(name, origin, **options):
        asked.update(name=name, origin=origin, **options)
        return str(both[1])

    monkeypatch.setattr(keras.utils, "get_file", get_file)
    model = PERFORMERS.get("vgg_16")(
        7, weights="imagenet", **matconvnet.tiny["vgg_16"]
    )
    assert asked["origin"].endswith(
        f"/keras-applications/vgg16/{asked['name']}"
    )
    assert asked["name"] == "vgg16_weights_tf_dim_ordering_tf_kernels.h5"
    assert asked["file_hash"] == "64373286793e3c8b2b4e3219cbf3544b"
    loaded = load_keras_vgg_16(both[1]).kernels["fc7"][0]
    np.testing.assert_array_equal(model.get_layer("fc7").kernel, loaded)


def test_failed_download_is_told(monkeypatch):
    """The file is named, and that it may be brought from elsewhere."""

    def get_file(*args, **options):
        raise Exception("URL fetch failure")

    monkeypatch.setattr(keras.utils, "get_file", get_file)
    with pytest.raises(InputError, match="vgg16_weights.*h5.*--weights FILE"):
        load_keras_vgg_16("imagenet")


def test_other_files_are_refused(both, matconvnet, tmp_path):
    """None, no HDF5, and a file without fc-layers, which are named."""
    with pytest.raises(InputError, match="must be a file or 'imagenet'"):
        load_keras_vgg_16(tmp_path / "none.h5")
    (tmp_path / "x.h5").write_bytes(b"no HDF5")
    with pytest.raises(InputError, match="no weights file of Keras"):
        load_keras_vgg_16(tmp_path / "x.h5")
    with h5py.File(both[1], "a") as file:
        del file["fc1"], file["fc2"], file["predictions"]
    with pytest.raises(InputError, match="missing: fc6, fc7, fc8"):
        PERFORMERS.get("vgg_16")(
            7, weights=both[1], **matconvnet.tiny["vgg_16"]
        )
    with h5py.File(tmp_path / "odd.h5", "w") as file:
        file.create_group("fc1")["one"] = np.ones(3)
    with pytest.raises(InputError, match="fc1.* a kernel and a bias"):
        load_keras_vgg_16(tmp_path / "odd.h5")
