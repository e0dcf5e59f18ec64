"""Taking performers apart: what the pieces give, and what is refused."""

import functools

import keras
import numpy as np
import pytest

from tf_explainer.attachment import Attachment, Cut, FlatGraph, choose_cut
from tf_explainer.errors import InputError
from tf_explainer.testing import toy_images, toy_performer

layers = keras.layers


def attached(performer, *cut):
    """Returns graph, cut and attachment."""
    graph = FlatGraph.of(performer)
    found = choose_cut(graph, *cut).cut
    return graph, found, Attachment.of(performer, found, graph)


def nested_once(performer):
    """Returns a classifier with the performer inside a Sequential."""
    return keras.Sequential([keras.Input((32, 32, 3)), performer])


def nested_twice(performer):
    """Returns a functional model around a Sequential around the performer."""
    image = keras.Input((32, 32, 3))
    inner = keras.Sequential([performer], name="inner")
    return keras.Model(image, layers.Activation("linear")(inner(image)))


def behind_a_layer(performer):
    """Returns a functional model that rescales and shifts back before it."""
    image = keras.Input((32, 32, 3))
    x = layers.Rescaling(1 / 255, name="down")(image)
    x = layers.Rescaling(255.0, name="up")(x)
    return keras.Model(image, layers.Activation("linear")(performer(x)))


def reloaded(performer, tmp_path):
    """Returns the performer from a file."""
    performer.save(tmp_path / "p.keras")
    return keras.saving.load_model(tmp_path / "p.keras")


@pytest.mark.parametrize(
    "kind", ["flat", "once", "twice", "behind", "reloaded"]
)
def test_pieces_give_what_the_performer_gives(kind, tmp_path):
    """Features, decoder and head, one after the other, are the performer."""
    performer, images = toy_performer(), toy_images(3)
    expected = np.asarray(performer(images))
    if kind == "once":
        performer = nested_once(performer)
    elif kind == "twice":
        performer = nested_twice(performer)
    elif kind == "behind":
        performer = behind_a_layer(performer)
    elif kind == "reloaded":
        performer = reloaded(performer, tmp_path)
    _, cut, attachment = attached(performer)
    features = attachment.features(images)
    np.testing.assert_allclose(features["scores"], expected, rtol=1e-4)
    rebuilt = attachment.new_decoder()(attachment.pool(features["replaced"]))
    last = cut.reconstructed_layers[-1]
    for layer in cut.reconstructed_layers:
        np.testing.assert_allclose(rebuilt[layer], features[layer], rtol=1e-5)
    np.testing.assert_allclose(
        attachment.head(rebuilt[last]), expected, rtol=1e-4
    )


def test_paper_s_pieces():
    """conv → pool → fc → fc → fc: pool and top conv-layer are found."""
    _, cut, attachment = attached(toy_performer())
    assert cut == Cut("relu4", "relu5", ("fc6", "fc7"))
    assert attachment.pool.name == "pool5"


def test_performer_is_shared_not_copied():
    """The features' layers are the performer's own."""
    performer = toy_performer()
    graph, _, _ = attached(performer)
    assert graph.layers["conv5"] is performer.get_layer("conv5")


def test_decoder_of_a_frozen_performer_learns():
    """An explainer freezes its performer before it asks for the decoder."""
    performer = toy_performer()
    performer.trainable = False
    _, _, attachment = attached(performer)
    paths = [w.path for w in attachment.new_decoder().trainable_weights]
    assert paths == ["fc6/kernel", "fc6/bias", "fc7/kernel", "fc7/bias"]
    assert not performer.trainable_weights


def test_batch_normalization_in_the_decoder_is_frozen():
    """Inference statistics, also where one name is used in two models."""
    image = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", activation="relu", name="c")(image)
    x = layers.BatchNormalization(name="b")(x)
    trunk = keras.Model(image, x, name="trunk")
    image = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", activation="relu", name="d")(
        trunk(image)
    )
    x = layers.Conv2D(4, 3, strides=2, name="e")(x)
    x = layers.GlobalAveragePooling2D(name="g")(
        layers.BatchNormalization(name="b")(x)
    )
    performer = keras.Model(image, layers.Dense(2, name="f")(x))
    performer.get_layer("b").moving_mean.assign(np.arange(4.0))
    performer.trainable = False
    _, _, attachment = attached(performer, "trunk/b", "d", ("b", "g"))
    decoder = attachment.new_decoder()
    assert [w.path for w in decoder.trainable_weights] == ["e/kernel", "e/bias"]
    images = np.random.default_rng(0).random((3, 8, 8, 3), np.float32)
    features = attachment.features(images)
    for training in (False, True):
        rebuilt = decoder(features["replaced"], training=training)
        np.testing.assert_allclose(rebuilt["b"], features["b"], rtol=1e-5)


def residual():
    """Returns a network whose conv-layer `b` a skip connection goes around."""
    image = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", activation="relu", name="a")(image)
    y = layers.Conv2D(4, 3, padding="same", activation="relu", name="b")(x)
    y = layers.Flatten(name="flat")(layers.Add(name="sum")([x, y]))
    scores = layers.Dense(2, name="fc")(layers.Dense(5, name="hidden")(y))
    return keras.Model(image, scores)


def test_rejects_a_cut_that_is_passed_by():
    """A skip connection around the replaced layer; the cut there is, named."""
    with pytest.raises(
        ValueError, match="another branch passes it by.*cuts.*: a → sum\\."
    ):
        attached(residual(), "a", "b", ("hidden",))
    _, cut, _ = attached(residual())
    assert cut == Cut("a", "sum", ("hidden",))


def test_rejects_rebuilt_layers_that_do_not_decide():
    """The last one is passed by; the one that would fit is named."""
    image = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", name="a")(image)
    x = layers.Conv2D(4, 3, padding="same", name="b")(x)
    y = layers.Conv2D(4, 3, padding="same", name="c")(x)
    x = layers.GlobalAveragePooling2D(name="g")(layers.Add(name="s")([x, y]))
    performer = keras.Model(image, layers.Dense(2, name="fc")(x))
    with pytest.raises(ValueError, match="alone, received 'c'.*'s' and 'g'"):
        attached(performer, "a", "b", ("c",))


def test_one_activation_behind_every_layer():
    """Users make one and call it again and again; the cut lies between."""
    relu = layers.Activation("relu", name="act")
    image = keras.Input((8, 8, 3))
    x = image
    for name in "abc":
        x = relu(layers.Conv2D(4, 3, padding="same", name=name)(x))
    x = layers.GlobalAveragePooling2D(name="g")(x)
    performer = keras.Model(image, layers.Dense(2)(x))
    _, cut, attachment = attached(performer, "act", "act@2")
    assert cut == Cut("act", "act@2", ("act@3", "g"))
    images = np.random.default_rng(0).random((3, 8, 8, 3), np.float32)
    features = attachment.features(images)
    rebuilt = attachment.new_decoder()(features["replaced"])
    scores = attachment.head(rebuilt["g"])
    np.testing.assert_allclose(scores, performer(images), rtol=1e-5)


def test_conv_layer_called_on_both_sides_of_the_cut():
    """And twice in the decoder, which gets a copy for each call."""
    conv = layers.Conv2D(3, 3, padding="same", activation="relu", name="conv")
    image = keras.Input((8, 8, 3))
    x = conv(conv(conv(conv(image))))
    x = layers.GlobalAveragePooling2D(name="g")(x)
    performer = keras.Model(image, layers.Dense(2)(x))
    _, _, attachment = attached(performer, "conv", "conv@2", ("g",))
    images = np.random.default_rng(0).random((3, 8, 8, 3), np.float32)
    features = attachment.features(images)
    upper = attachment.upper(features["target"])
    np.testing.assert_allclose(upper["g"], features["g"], rtol=1e-5)
    rebuilt = attachment.new_decoder()(features["replaced"])
    np.testing.assert_allclose(rebuilt["g"], features["g"], rtol=1e-5)


def test_upper_layers_read_the_target_alone_or_there_are_none():
    """Below a skip connection the target is not all that they read."""
    _, _, attachment = attached(residual(), "a", "sum", ("hidden",))
    images = np.random.default_rng(0).random((3, 8, 8, 3), np.float32)
    features = attachment.features(images)
    upper = attachment.upper(features["target"])
    for name, value in upper.items():
        np.testing.assert_allclose(value, features[name], rtol=1e-5)
    _, _, attachment = attached(residual(), "b", "sum", ("hidden",))
    assert attachment.upper is None


def test_rejects_outputs_that_are_no_scores():
    """A trunk without a head."""
    image = keras.Input((8, 8, 3))
    x = image
    for name in "abc":
        x = layers.Conv2D(4, 3, padding="same", name=name)(x)
    with pytest.raises(ValueError, match=r"class scores.*\(None, 8, 8, 4\)"):
        attached(keras.Model(image, x), "a", "b", ("c",))


class Halved(layers.Layer):
    """A layer that is not registered with Keras."""

    def call(self, x):
        return x / 2


@pytest.mark.parametrize(
    "layer,message",
    [
        (Halved(name="own"), "'own' of the class Halved.*register_keras"),
        (layers.Lambda(lambda x: x / 2, name="l"), "Lambda layer 'l'"),
    ],
)
def test_rejects_layers_that_cannot_be_loaded(layer, message):
    """Before the training, not after it."""
    image = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", name="a")(layer(image))
    x = layers.Conv2D(4, 3, padding="same", name="b")(x)
    scores = layers.Dense(2)(layers.GlobalAveragePooling2D(name="g")(x))
    with pytest.raises(ValueError, match=message):
        attached(keras.Model(image, scores), "a", "b", ("g",))


class Own(keras.Model):
    """A functional model of a class that is not registered."""


def test_rejects_models_that_cannot_be_loaded():
    """A class around a functional model, which itself would do."""
    inner = residual()
    image = keras.Input((8, 8, 3))
    own = Own(inner.inputs, inner.outputs, name="own")
    performer = keras.Model(image, layers.Softmax()(own(image)))
    with pytest.raises(ValueError, match="'own' of the class Own.*inputs, mod"):
        attached(performer, "own/a", "own/sum", ("own/hidden",))


def test_accepts_a_registered_layer():
    """The class is registered in this test only."""
    image = keras.Input((8, 8, 3))
    with keras.saving.custom_object_scope({"Halved": Halved}):
        x = layers.Conv2D(4, 3, padding="same", name="a")(Halved()(image))
        x = layers.Conv2D(4, 3, padding="same", name="b")(x)
        scores = layers.Dense(2)(layers.GlobalAveragePooling2D(name="g")(x))
        _, cut, _ = attached(keras.Model(image, scores))
    assert cut == Cut("a", "b", ("g",))


def _roll(maps, axis):
    return keras.ops.roll(maps, 3, axis=axis)


@pytest.mark.parametrize("how", ["flip", "roll", "crop"])
def test_what_is_replaced_lies_where_the_target_does(how):
    """The encoder cannot move a map, and peaks above it would be misplaced."""
    image = keras.Input((32, 32, 3))
    convolution = functools.partial(
        keras.layers.Conv2D, 4, 3, padding="same", activation="relu"
    )
    maps = target = convolution(name="low")(image)
    if how == "crop":
        maps = keras.layers.ZeroPadding2D(((6, 0), (0, 0)))(maps)
        maps = keras.layers.Cropping2D(((0, 6), (0, 0)))(maps)
    else:
        move = {"flip": keras.ops.flip, "roll": _roll}[how]
        maps = move(maps, axis=1)
    maps = convolution(name="top")(maps)
    vector = keras.layers.Flatten()(maps)
    vector = keras.layers.Dense(4, activation="relu", name="fc")(vector)
    model = keras.Model(image, keras.layers.Dense(2)(vector))
    graph = FlatGraph.of(model)
    assert target.shape == maps.shape
    with pytest.raises(InputError, match="`replaced_layer` 'top' must have"):
        Attachment.of(model, Cut("low", "top", ("fc",)), graph)
