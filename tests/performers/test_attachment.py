"""Taking performers apart: flat, nested, reloaded; and what is refused."""

import keras
import numpy as np
import pytest

from tf_explainer.performers import Attachment, Cut, FlatGraph
from tf_explainer.testing import toy_images, toy_performer

layers = keras.layers


def attached(performer, *cut):
    """Returns graph, cut and attachment."""
    graph = FlatGraph.of(performer)
    found = Cut.resolve(graph, *cut)
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


def test_cut_is_found():
    """conv → pool → fc → fc → fc, as in the paper's networks."""
    _, cut, attachment = attached(toy_performer())
    assert cut == Cut("relu4", "relu5", ("fc6", "fc7"))
    assert attachment.pool.name == "pool5"
    assert attachment.replaced_conv.name == "conv5"


def test_nested_layers_have_paths():
    """`backbone/layer`, and the near name if only the inner one is given."""
    performer = nested_once(toy_performer())
    graph, cut, _ = attached(performer)
    assert cut.target_layer == "small_cnn/relu4"
    with pytest.raises(ValueError, match="Did you mean 'small_cnn/relu4'"):
        Cut.resolve(graph, "relu4", "relu5", ("fc6",))


def test_performer_is_shared_not_copied():
    """The features' layers are the performer's own."""
    performer = toy_performer()
    graph, _, _ = attached(performer)
    assert graph.layers["conv5"] is performer.get_layer("conv5")


@pytest.mark.parametrize(
    "cut,message",
    [
        (("relu44", "relu5", ("fc6",)), "`target_layer`.*'relu44'.*'relu4'"),
        (("relu4", "rely5", ("fc6",)), "`replaced_layer`.*'rely5'.*'relu5'"),
        (("relu4", "relu5", ("fc66",)), "`reconstructed_layers`.*'fc66'"),
        (("relu2", "relu5", ("fc6",)), "maps of one size"),
        (("fc6", "relu5", ("fc7",)), "`target_layer` must give a map"),
    ],
)
def test_rejects_cuts(cut, message):
    """The argument, the layer received, and the near names."""
    with pytest.raises(ValueError, match=message):
        Cut.resolve(FlatGraph.of(toy_performer()), *cut)


def test_rejects_a_cut_that_is_passed_by():
    """A skip connection around the replaced layer."""
    image = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", activation="relu", name="a")(image)
    y = layers.Conv2D(4, 3, padding="same", activation="relu", name="b")(x)
    y = layers.Flatten()(layers.Add(name="sum")([x, y]))
    scores = layers.Dense(2, name="fc")(layers.Dense(5, name="hidden")(y))
    performer = keras.Model(image, scores)
    with pytest.raises(ValueError, match="another branch passes it by"):
        attached(performer, "a", "b", ("hidden",))
    attached(performer, "a", "sum", ("hidden",))


def test_rejects_networks_without_the_shape():
    """What is missing is said, and which layers there are."""
    image = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", name="a")(image)
    x = layers.Conv2D(4, 3, padding="same", name="b")(x)
    scores = layers.Dense(2)(layers.GlobalAveragePooling2D()(x))
    with pytest.raises(
        ValueError, match="conv → pool → fc.*must|must be given"
    ):
        Cut.resolve(FlatGraph.of(keras.Model(image, scores)))


def test_rejects_several_inputs():
    """One image is what can be explained."""
    first, second = keras.Input((8, 8, 3)), keras.Input((8, 8, 3))
    scores = layers.Dense(2)(layers.Flatten()(layers.Add()([first, second])))
    with pytest.raises(ValueError, match="one image input"):
        FlatGraph.of(keras.Model([first, second], scores))


def test_rejects_subclassed_models():
    """They have no graph."""

    class Own(keras.Model):
        pass

    with pytest.raises(ValueError, match="no graph"):
        FlatGraph.of(Own())
