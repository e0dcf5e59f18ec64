"""MatConvNet's files: every layout is read, every misfit named."""

import copy

import h5py
import numpy as np
import pytest
import scipy.io

from tf_explainer.errors import InputError
from tf_explainer.performers import PERFORMERS
from tf_explainer.performers.matconvnet_file import load_matconvnet
from tf_explainer.performers.paper_networks import VGG_M_STAGES as STAGES


def weights_of(network):
    """Returns layer → kernel and bias."""
    return {
        layer.name: (layer.kernel, layer.bias)
        for layer in network.layers
        if layer.kernel is not None
    }


def check_same(path, net):
    """The file holds the weights, mean and names of `net`."""
    loaded = load_matconvnet(path)
    expected = {
        layer["name"]: layer["weights"]
        for layer in net["layers"]
        if layer["type"] == "conv"
    }
    received = weights_of(loaded)
    assert list(received) == list(expected)
    for name, (kernel, bias) in expected.items():
        np.testing.assert_array_equal(received[name][0], kernel)
        np.testing.assert_array_equal(received[name][1], bias.ravel())
    meta = net["meta"]
    mean = meta["normalization"]["averageImage"]
    np.testing.assert_array_equal(loaded.mean, mean)
    assert list(loaded.class_names) == meta["classes"]["description"]
    return loaded


@pytest.mark.parametrize("version", ["v5", "v73"])
@pytest.mark.parametrize("layout", ["simple", "dag"])
@pytest.mark.parametrize("wrapped", [False, True], ids=["plain", "net"])
def test_layouts(version, layout, wrapped, matconvnet, tmp_path):
    """v5 and v7.3, SimpleNN and DagNN, in variables or in one struct."""
    net = matconvnet.network("vgg_m")
    stored = matconvnet.as_dag(net) if layout == "dag" else net
    stored = {"net": stored, "stats": {"a": 1.0}} if wrapped else stored
    path = tmp_path / "net.mat"
    save = matconvnet.save_v5 if version == "v5" else matconvnet.save_v73
    save(path, stored)
    loaded = check_same(path, net)
    model = PERFORMERS.get("vgg_m")(
        matconvnet.classes, **matconvnet.tiny["vgg_m"]
    )
    loaded.assign_to(model, STAGES)
    np.testing.assert_array_equal(
        model.get_layer("conv2").kernel, loaded.layers[4].kernel
    )
    np.testing.assert_array_equal(
        model.get_layer("mean_image").mean, loaded.mean
    )
    assert model.get_layer("prob").class_names == list(loaded.class_names)


def test_first_versions_layout(matconvnet, tmp_path):
    """`filters` and `biases`, and no `meta`."""
    net = matconvnet.network("vgg_m")
    old = copy.deepcopy(net)
    for layer in old["layers"]:
        if "weights" in layer:
            layer["filters"], layer["biases"] = layer.pop("weights")
        if layer["type"] == "lrn":
            layer["type"] = "normalize"
    old.update(old.pop("meta"))
    matconvnet.save_v5(tmp_path / "old.mat", old)
    check_same(tmp_path / "old.mat", net)


def test_color_stands_for_the_mean_image(matconvnet, tmp_path):
    """VGG-16's file holds three numbers; other sizes take the mean color."""
    net = matconvnet.network("vgg_16")
    color = np.array([[123.0], [117.0], [104.0]])
    net["meta"]["normalization"]["averageImage"] = color
    path = tmp_path / "net.mat"
    matconvnet.save_v5(path, net)
    tiny = {"weights": path, **matconvnet.tiny["vgg_16"]}
    model = PERFORMERS.get("vgg_16")(7, **tiny)
    mean = np.asarray(model.get_layer("mean_image").mean)
    assert mean.shape == (224, 224, 3)
    assert (mean == color.ravel()).all()


def test_mean_image_of_another_size(matconvnet, tmp_path):
    """Its mean color is subtracted."""
    net = matconvnet.network("alexnet")
    path = tmp_path / "net.mat"
    matconvnet.save_v5(path, net)
    # 230 pixels lead to the same 6 × 6 map below fc6 as 227.
    model = PERFORMERS.get("alexnet")(
        7, image_size=230, weights=path, **matconvnet.tiny["alexnet"]
    )
    mean = np.asarray(model.get_layer("mean_image").mean)
    image = net["meta"]["normalization"]["averageImage"]
    np.testing.assert_allclose(mean[0, 0], image.mean((0, 1)), rtol=1e-5)
    assert (mean == mean[0, 0]).all()


def test_other_number_of_classes_leaves_fc8_new(matconvnet, tmp_path):
    """All layers but fc8 come from the file, and so do no class names."""
    net = matconvnet.network("vgg_s")
    path = tmp_path / "net.mat"
    matconvnet.save_v5(path, net)
    model = PERFORMERS.get("vgg_s")(2, weights=path, **matconvnet.tiny["vgg_s"])
    kernel = next(
        layer["weights"][0] for layer in net["layers"] if layer["name"] == "fc7"
    )
    np.testing.assert_array_equal(model.get_layer("fc7").kernel, kernel[0, 0])
    assert model.output.shape == (None, 2)
    assert model.get_layer("prob").class_names is None


def garbage(path, **_):
    """Writes something else."""
    path.write_bytes(b"\x80\x04 a pickle, perhaps" * 40)


def empty(path, **_):
    """Writes nothing."""
    path.write_bytes(b"")


def cut_short(path, matconvnet):
    """Writes half a file."""
    matconvnet.save_v5(path, matconvnet.network("vgg_m"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_short_hdf5(path, matconvnet):
    """Writes half an HDF5 file."""
    matconvnet.save_v73(path, matconvnet.network("vgg_m"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def something_else(path, **_):
    """Writes variables that are no network."""
    scipy.io.savemat(path, {"x": np.eye(3)})


def no_structs(path, **_):
    """Writes layers that are numbers."""
    scipy.io.savemat(path, {"layers": np.eye(3)})


def text_for_numbers(path, matconvnet):
    """Writes a stride that is a text."""
    net = matconvnet.network("vgg_m")
    net["layers"][0]["stride"] = "two"
    matconvnet.save_v5(path, net)


def cells_for_numbers(path, matconvnet):
    """Writes a kernel that is a cell."""
    net = matconvnet.network("vgg_m")
    net["layers"][0]["weights"][0] = ["a", "b"]
    matconvnet.save_v73(path, net)


def half_a_step(path, matconvnet):
    """Writes a stride that is no whole number."""
    net = matconvnet.network("vgg_m")
    net["layers"][0]["stride"] = np.array([[1.5, np.nan]])
    matconvnet.save_v5(path, net)


def cells_for_names(path, matconvnet):
    """Writes a DagNN whose names are cells."""
    dag = matconvnet.as_dag(matconvnet.network("vgg_m"))
    dag["params"][0]["name"] = ["a", ["b"]]
    matconvnet.save_v5(path, dag)


def no_outputs(path, matconvnet):
    """Writes a DagNN with a layer that has no output."""
    dag = matconvnet.as_dag(matconvnet.network("vgg_m"))
    dag["layers"][5]["outputs"] = np.zeros((0, 0))
    matconvnet.save_v5(path, dag)


def gray_mean(path, matconvnet):
    """Writes a mean image of one channel."""
    net = matconvnet.network("vgg_m")
    net["meta"]["normalization"]["averageImage"] = np.ones((224, 224))
    matconvnet.save_v5(path, net)


def no_chain(path, matconvnet):
    """Writes a DagNN with a layer that skips another."""
    dag = matconvnet.as_dag(matconvnet.network("vgg_m"))
    dag["layers"][5]["inputs"] = ["x3"]
    matconvnet.save_v5(path, dag)


def other_file(path, matconvnet):
    """Writes a link to another file."""
    with h5py.File(path, "w", userblock_size=512) as file:
        file["layers"] = h5py.ExternalLink("/etc/passwd", "/")


def circle(path, matconvnet):
    """Writes a cell that holds itself."""
    with h5py.File(path, "w", userblock_size=512) as file:
        node = file.create_dataset("layers", (1, 1), h5py.ref_dtype)
        node.attrs["MATLAB_class"] = np.bytes_("cell")
        node[0, 0] = node.ref


def matlab_object(path, matconvnet):
    """Writes what `save` makes of an object of a class."""
    with h5py.File(path, "w", userblock_size=512) as file:
        file["net"] = np.zeros((1, 6), "uint32")
        file["net"].attrs["MATLAB_class"] = np.bytes_("dagnn.DagNN")
        file["net"].attrs["MATLAB_object_decode"] = np.int32(3)


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (garbage, "no MATLAB file"),
        (empty, "no MATLAB file"),
        (cut_short, "no MATLAB file"),
        (cut_short_hdf5, "no MATLAB file"),
        (something_else, "no 'layers' in it"),
        (no_structs, "no list of structs"),
        (text_for_numbers, "'conv1' with 'two' where numbers"),
        (cells_for_numbers, "'conv1' with .* where numbers"),
        (half_a_step, "'conv1' with .* whole numbers must be"),
        (cells_for_names, "there is no 'conv1f' in it"),
        (no_outputs, "must form a chain, but relu2"),
        (gray_mean, r"`averageImage` must be .* \(224, 224\)"),
        (no_chain, "must form a chain, but relu2 reads x3"),
        (other_file, "'layers' lies in another file"),
        (circle, "hold each other"),
        (matlab_object, r"`net\.saveobj\(\)`"),
    ],
)
def test_other_files_are_refused(write, message, matconvnet, tmp_path):
    """One line, with the path and what is wrong with the file."""
    path = tmp_path / "net.mat"
    write(path, matconvnet=matconvnet)
    with pytest.raises(InputError, match=message) as error:
        load_matconvnet(path)
    assert str(path) in str(error.value) and "\n" not in str(error.value)


def test_file_must_exist(tmp_path):
    """The path is told."""
    with pytest.raises(InputError, match="`weights` must be a file"):
        load_matconvnet(tmp_path / "none.mat")
