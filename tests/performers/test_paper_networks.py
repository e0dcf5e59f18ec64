"""The paper's four networks: sizes, layers, and every number in them."""

import keras
import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from tf_explainer.attachment import Cut, FlatGraph, choose_cut
from tf_explainer.errors import InputError
from tf_explainer.performers import PERFORMERS
from tf_explainer.performers.performer_registry import (
    PAPER_SETTINGS,
    PaperSettings,
)

NAMES = ("alexnet", "vgg_m", "vgg_s", "vgg_16")
# Weights and biases of the published networks with 1000 classes.
PUBLISHED = {
    "alexnet": 60_965_224,
    "vgg_m": 102_908_520,
    "vgg_s": 102_908_520,
    "vgg_16": 138_357_544,
}
# Channels and side of the target and of the replaced layer.
MAPS = {
    "alexnet": (384, 256, 13),
    "vgg_m": (512, 512, 13),
    "vgg_s": (512, 512, 17),
    "vgg_16": (512, 512, 14),
}


def run(net, image):
    """Returns name → output of each layer for one image, in float64."""
    x = image - net["meta"]["normalization"]["averageImage"].astype("float64")
    outputs = {}
    for layer in net["layers"]:
        x = _STEPS[layer["type"]](x, layer)
        outputs[layer["name"]] = x
    return outputs


def _windows(x, size, layer, fill):
    top, bottom, left, right = np.ravel(layer["pad"]).astype(int)
    pads = ((top, bottom), (left, right), (0, 0))
    padded = np.pad(x, pads, constant_values=fill)
    stride = int(layer["stride"])
    return sliding_window_view(padded, size, (0, 1))[::stride, ::stride]


def _conv(x, layer):
    kernel, bias = (value.astype("float64") for value in layer["weights"])
    windows = _windows(x, kernel.shape[:2], layer, 0.0)
    depth, groups = kernel.shape[2], x.shape[2] // kernel.shape[2]
    above = kernel.shape[3] // groups
    parts = [
        np.tensordot(
            windows[:, :, depth * g : depth * (g + 1)],
            kernel[..., above * g : above * (g + 1)],
            ((2, 3, 4), (2, 0, 1)),
        )
        for g in range(groups)
    ]
    return np.concatenate(parts, axis=-1) + bias.ravel()


def _pool(x, layer):
    # Minus infinity: a window sees only what lies inside the map.
    size = tuple(np.ravel(layer["pool"]).astype(int))
    return _windows(x, size, layer, -np.inf).max((-2, -1))


def _norm(x, layer):
    count, kappa, alpha, beta = np.ravel(layer["param"])
    half, y = int(count) // 2, np.empty_like(x)
    for k in range(x.shape[2]):
        beside = x[:, :, max(k - half, 0) : k + half + 1]
        y[:, :, k] = x[:, :, k] / (kappa + alpha * (beside**2).sum(2)) ** beta
    return y


def _softmax(x, _):
    y = np.exp(x - x.max(-1, keepdims=True))
    return y / y.sum(-1, keepdims=True)


_STEPS = {
    "conv": _conv,
    "pool": _pool,
    "lrn": _norm,
    "relu": lambda x, _: np.maximum(x, 0),
    "softmax": _softmax,
}


def without_weights(name):
    """Returns the full network; its variables have shapes but no values."""
    with keras.StatelessScope(initialize_variables=False):
        return PERFORMERS.get(name)()


def test_the_four_are_registered():
    """Each by its file, and nothing else claims to be of the paper."""
    assert set(NAMES) <= set(PERFORMERS.names())
    assert set(PAPER_SETTINGS.names()) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_published_size(name):
    """Parameter count, and the maps that the paper explains."""
    model = without_weights(name)
    count = sum(np.prod(v.shape) for v in model.trainable_variables)
    assert count == PUBLISHED[name]
    settings = PaperSettings.of(model)
    target, replaced, side = MAPS[name]
    outputs = {layer.name: layer.output.shape for layer in model.layers[1:]}
    assert outputs[settings.target_layer] == (None, side, side, target)
    assert outputs[settings.replaced_layer] == (None, side, side, replaced)
    assert outputs["relu6"] == outputs["relu7"] == (None, 4096)


@pytest.mark.parametrize("name", NAMES)
def test_every_layer_equals_the_definition(name, matconvnet, tmp_path):
    """To 1e-4 of its largest value, true kernels, strides and padding."""
    net = matconvnet.network(name)
    matconvnet.save_v5(tmp_path / "net.mat", net)
    model = PERFORMERS.get(name)(
        matconvnet.classes,
        weights=tmp_path / "net.mat",
        **matconvnet.tiny[name],
    )
    side = matconvnet.sizes[name]
    random = np.random.default_rng(1)
    image = random.uniform(0, 255, (side, side, 3)).astype("float32")
    expected = run(net, image)
    outputs = {layer: model.get_layer(layer).output for layer in expected}
    computed = keras.Model(model.input, outputs)(image[None])
    assert set(expected) <= {layer.name for layer in model.layers}
    for layer, values in expected.items():
        received = np.asarray(computed[layer])[0].reshape(values.shape)
        np.testing.assert_allclose(
            received,
            values,
            rtol=0,
            atol=1e-4 * abs(values).max(),
            err_msg=layer,
        )


@pytest.mark.parametrize("name", NAMES)
def test_explained_as_in_the_paper(name, matconvnet, tmp_path):
    """The settings lead to layers of the network, also after a reload."""
    model = PERFORMERS.get(name)(3, image_size=96, **matconvnet.tiny[name])
    graph = FlatGraph.of(model)
    settings = PaperSettings.of(model)
    cut = Cut(
        settings.target_layer,
        settings.replaced_layer,
        settings.reconstructed_layers,
    )
    cut.check(graph)
    assert choose_cut(graph).cut == cut
    assert graph.sole_reader(cut.replaced_layer) == settings.pool_layer
    assert settings.eta == (1.5e5 if name == "vgg_16" else 1e6)
    assert settings.calibration == "paper"
    model.save(tmp_path / "p.keras")
    again = keras.saving.load_model(tmp_path / "p.keras")
    assert PaperSettings.of(again) == settings
    images = np.random.default_rng(0).uniform(0, 255, (2, 96, 96, 3))
    np.testing.assert_array_equal(again(images), model(images))


def test_other_models_have_no_settings_of_the_paper():
    """Neither another network nor one that only bears the name."""
    image = keras.Input((8, 8, 3))
    x = keras.layers.Flatten()(image)
    assert PaperSettings.of(keras.Model(image, x, name="alexnet")) is None
    assert PaperSettings.of(keras.Model(image, x, name="mine")) is None


@pytest.mark.parametrize("size", [64, 65, 66, 67, 68, 69])
def test_pooling_at_the_border_at_any_size(size, matconvnet):
    """VGG-S: as many units as MatConvNet's formula gives at each pooling."""
    model = PERFORMERS.get("vgg_s")(
        3, image_size=size, **matconvnet.tiny["vgg_s"]
    )

    def pooled(side, kernel, stride, pad):
        return (side + pad - kernel) // stride + 1

    first = pooled((size - 7) // 2 + 1, 3, 3, 2)
    second = pooled(first - 4, 2, 2, 1)
    sides = [model.get_layer(f"pool{i}").output.shape[1] for i in (1, 2, 5)]
    assert sides == [first, second, pooled(second, 3, 3, 1)]


def test_too_small_image_is_refused(matconvnet):
    """The first layer that gets too small a map is named."""
    with pytest.raises(InputError, match="`image_size`.*conv2 needs.*5 units"):
        PERFORMERS.get("vgg_s")(3, image_size=20, **matconvnet.tiny["vgg_s"])
