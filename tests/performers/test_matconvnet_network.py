"""A file that does not fit is refused before any weight is set."""

import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.performers import PERFORMERS
from tf_explainer.performers.matconvnet_file import load_matconvnet
from tf_explainer.performers.paper_networks import VGG_M_STAGES as STAGES


def drop(net, name):
    """Removes a layer."""
    net["layers"] = [layer for layer in net["layers"] if layer["name"] != name]


def rename(net, name, new):
    """Renames a layer."""
    layer_of(net, name)["name"] = new


def layer_of(net, name):
    """Returns the layer of that name."""
    return next(layer for layer in net["layers"] if layer["name"] == name)


def swap(net, one, other):
    """Exchanges the places of two layers."""
    layers = net["layers"]
    i, j = (layers.index(layer_of(net, name)) for name in (one, other))
    layers[i], layers[j] = layers[j], layers[i]


def not_finite(net):
    """Puts a NaN into conv3's bias."""
    layer_of(net, "conv3")["weights"][1][0, 1] = np.nan


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda n: drop(n, "fc7"), "missing: fc7"),
        (lambda n: drop(n, "conv3"), "missing: conv3"),
        (
            lambda n: rename(n, "conv5", "conv6"),
            "missing: conv5; left over: conv6",
        ),
        (lambda n: drop(n, "norm2"), "no layer norm2"),
        (
            lambda n: rename(n, "pool5", "pool6"),
            "no layer pool5; a layer pool6, which",
        ),
        (
            lambda n: swap(n, "norm1", "pool1"),
            "another order: conv1 pool1 norm1 conv2",
        ),
        (lambda n: drop(n, "relu3"), "no ReLU behind conv3"),
        (lambda n: layer_of(n, "relu6").update(leak=0.1), "no ReLU behind fc6"),
        (
            lambda n: layer_of(n, "conv2").update(stride=1.0),
            r"conv2 has stride \(1, 1\), must be \(2, 2\)",
        ),
        (
            lambda n: layer_of(n, "conv3").update(pad=0.0),
            r"conv3 has pad \(0, 0, 0, 0\), must be \(1, 1, 1, 1\)",
        ),
        (
            lambda n: layer_of(n, "pool2").update(pad=0.0),
            r"pool2 has pad \(0, 0, 0, 0\), must be \(0, 1, 0, 1\)",
        ),
        (
            lambda n: layer_of(n, "pool2").update(method="avg"),
            "pool2 has method 'avg'",
        ),
        (
            lambda n: layer_of(n, "norm1").update(
                param=np.array([[5, 1, 2e-5, 0.75]])
            ),
            "norm1 has .* must be",
        ),
        (not_finite, "conv3 has weights that are not finite"),
        (
            lambda n: layer_of(n, "fc6").update(
                weights=[np.zeros((5, 5, 32, 10)), np.zeros((1, 10))]
            ),
            r"fc6 has a kernel \(5, 5, 32, 10\), must be \(6, 6, 32, 10\)",
        ),
        (
            lambda n: layer_of(n, "fc7").update(
                weights=[np.zeros((1, 1, 10, 10)), np.zeros((1, 9))]
            ),
            r"fc7 has a bias \(9,\), must be \(10,\)",
        ),
        (lambda n: layer_of(n, "conv1").update(type="bnorm"), "missing: conv1"),
    ],
)
def test_misfits_are_named(change, message, matconvnet, tmp_path):
    """Refused before any weight is set; file, network and layer are told."""
    net = matconvnet.network("vgg_m")
    change(net)
    path = tmp_path / "net.mat"
    matconvnet.save_v5(path, net)
    model = PERFORMERS.get("vgg_m")(
        matconvnet.classes, **matconvnet.tiny["vgg_m"]
    )
    before = [np.array(value) for value in model.weights]
    with pytest.raises(InputError, match=message) as error:
        load_matconvnet(path).assign_to(model, STAGES)
    assert f"`weights` received {path}, which does not fit vgg_m: " in str(
        error.value
    )
    assert "\n" not in str(error.value)
    for value, old in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(value, old)


def test_file_of_the_sister_network_is_refused(matconvnet, tmp_path):
    """VGG-M and VGG-S have kernels of one shape, and differ all the same."""
    path = tmp_path / "net.mat"
    matconvnet.save_v5(path, matconvnet.network("vgg_s"))
    with pytest.raises(InputError, match="no layer norm2; pool1 has stride"):
        PERFORMERS.get("vgg_m")(7, weights=path, **matconvnet.tiny["vgg_m"])
