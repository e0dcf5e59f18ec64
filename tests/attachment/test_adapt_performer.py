"""A performer on other categories and values than it was trained on."""

import keras
import numpy as np
import pytest

from tf_explainer.attachment import FlatGraph, ScaledImage, adapt_performer
from tf_explainer.datasets import PartDataset
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer

layers = keras.layers


def dataset(*categories):
    """Returns a data set of which only the categories are read."""
    return PartDataset("toy", categories, (), {})


def ending_in(*top, nested=False):
    """Returns a toy network with another head."""
    toy = toy_performer()
    trunk = keras.Model(toy.input, toy.get_layer("fc7").output, name="trunk")
    if nested:
        return keras.Sequential([keras.Input((32, 32, 3)), trunk, *top])
    scores = trunk.output
    for layer in top:
        scores = layer(scores)
    return keras.Model(trunk.input, scores)


@pytest.mark.parametrize(
    ("categories", "column"), [(("cat", "background"), 0), (("cat", "dog"), 1)]
)
@pytest.mark.parametrize("nested", [False, True])
def test_sigmoid_speaks_for_the_object_or_the_second(
    categories, column, nested
):
    """The other score is what is left; layers keep their paths."""
    sigmoid = layers.Dense(1, activation="sigmoid", bias_initializer="ones")
    performer, images = ending_in(sigmoid, nested=nested), toy_images(3)
    both = adapt_performer(performer, dataset(*categories))
    assert [*FlatGraph.of(both).layers][:-1] == [
        *FlatGraph.of(performer).layers
    ]
    scores, alone = np.asarray(both(images)), np.asarray(performer(images))
    np.testing.assert_allclose(scores[:, column], alone[:, 0], rtol=1e-6)
    np.testing.assert_allclose(scores.sum(axis=1), 1, rtol=1e-6)


def test_contributions_add_up_to_the_logit_of_the_sigmoid():
    """Of the object as they are, of the background with the other sign."""
    stack = [layers.Dense(1), layers.Activation("sigmoid")]
    performer = adapt_performer(ending_in(*stack), dataset("cat", "background"))
    explainer = Explainer.from_performer(performer, negative_category=1)
    images = toy_images()
    explainer.calibrate(images)
    one, other = (explainer.contributions(images, index) for index in (0, 1))
    np.testing.assert_allclose(
        keras.ops.sigmoid(one.score), explainer(images)["scores"][:, 0], 1e-5
    )
    np.testing.assert_allclose(one.parts, -other.parts, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("top", "categories"),
    [
        ([layers.Dense(1)], ("cat", "dog")),
        ([layers.Dense(1, activation="tanh")], ("cat", "dog")),
        ([layers.Dense(1, activation="sigmoid")], ("cat", "dog", "owl")),
        ([layers.Dense(2, activation="sigmoid")], ("cat", "dog")),
    ],
)
def test_others_stay_as_they_are(top, categories):
    """What is no probability of one of two categories is not guessed at."""
    performer = ending_in(*top)
    assert adapt_performer(performer, dataset(*categories)) is performer


def test_sigmoid_speaks_for_the_second_class_named():
    """As Keras trains it on folders in this order."""
    performer = ending_in(layers.Dense(1, activation="sigmoid"))
    data, images = dataset("cat", "background"), toy_images(3)
    alone = np.asarray(performer(images))[:, 0]
    for classes, column in ((["background", "cat"], 0), (data.categories, 1)):
        both = adapt_performer(performer, data, classes)
        np.testing.assert_allclose(both(images)[:, column], alone, rtol=1e-6)


@pytest.mark.parametrize("nested", [False, True])
def test_scores_come_in_the_order_of_the_categories(nested):
    """Under the same paths; the performer stays as it was."""
    performer = ending_in(layers.Dense(3), nested=nested)
    data, images = dataset("ant", "bee", "cow"), toy_images(3)
    paths, own = [*FlatGraph.of(performer).layers], performer(images)
    ordered = adapt_performer(performer, data, ["cow", "ant", "bee"])
    expected = np.asarray(own)[:, [1, 2, 0]]
    np.testing.assert_allclose(ordered(images), expected, rtol=1e-6)
    assert [*FlatGraph.of(ordered).layers][:-1] == paths
    np.testing.assert_array_equal(performer(images), own)
    assert adapt_performer(performer, data, data.categories) is performer


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("scale", ["unit", "caffe"])
def test_images_come_in_the_scale(scale, nested):
    """Under the same paths, behind the scaling; also where it is Sequential."""
    performer = ending_in(layers.Dense(3), nested=nested)
    scaled = adapt_performer(performer, dataset("a", "b", "c"), scale=scale)
    images = toy_images(3)
    expected = performer(ScaledImage(scale)(images))
    np.testing.assert_allclose(scaled(images), expected, rtol=1e-4, atol=1e-5)
    paths = [*FlatGraph.of(scaled).layers]
    assert paths == ["scaled_image", *FlatGraph.of(performer).layers]
    assert scaled.name == performer.name


@pytest.mark.parametrize(
    "top",
    [
        [layers.Dense(3, activation="softmax", name="s")],
        [layers.Dense(3), layers.Softmax()],
        [layers.Dense(3)],
        [layers.Dense(3, activation="sigmoid", name="t")],
    ],
)
def test_an_explainer_of_it_is_loaded_and_adds_up(top, tmp_path):
    """Contributions belong to the logits in the order of the categories."""
    performer, images = ending_in(*top), toy_images()
    data = dataset("ant", "bee", "cow")
    classes = ["cow", "ant", "bee"]
    adapted = adapt_performer(performer, data, classes, "tf")
    explainer = Explainer.from_performer(adapted)
    explainer.calibrate(images)
    plain = Explainer.from_performer(
        adapt_performer(performer, data, scale="tf")
    )
    plain.set_weights(explainer.get_weights())
    for category, name in enumerate(data.categories):
        found = explainer.contributions(images, category)
        column = plain.contributions(images, classes.index(name))
        np.testing.assert_allclose(found.score, column.score, atol=1e-5)
        np.testing.assert_allclose(found.parts, column.parts, atol=1e-5)
    explainer.save(tmp_path / "explainer.keras")
    loaded = keras.saving.load_model(tmp_path / "explainer.keras")
    for name in ("scores", "performer_scores"):
        np.testing.assert_allclose(
            loaded(images)[name], explainer(images)[name], rtol=1e-5
        )


def test_adapted_twice(tmp_path):
    """What a run left is taken as any model, and its logits are found."""
    sigmoid = layers.Dense(1, activation="sigmoid", bias_initializer="ones")
    performer, images = ending_in(sigmoid), toy_images()
    data = dataset("cat", "background")
    turned = dataset("background", "cat")
    once = adapt_performer(performer, data, scale="unit")
    once.save(tmp_path / "once.keras")
    once = keras.saving.load_model(tmp_path / "once.keras")
    back = adapt_performer(once, data, turned.categories)
    twice = adapt_performer(back, turned, data.categories, "tf")
    explainer = Explainer.from_performer(twice, negative_category=1)
    explainer.calibrate(images)
    pieces = explainer.contributions(images, 0)
    scores = explainer(images)["scores"]
    np.testing.assert_allclose(
        keras.ops.sigmoid(pieces.score), scores[:, 0], rtol=1e-5
    )
    expected = once(ScaledImage("tf")(images))
    np.testing.assert_allclose(
        explainer(images)["performer_scores"], expected, rtol=1e-5
    )


@pytest.mark.parametrize(
    ("classes", "told"),
    [
        (["ant", "bee"], "received ant, bee (missing: cow)"),
        (["ant", "bee", "owl"], "(unknown: owl; missing: cow)"),
        (["ant", "bee", "cow", "ant"], "(a name is repeated)"),
        ([*"abcdefghijklmnop"], "j, k, l and 4 more (unknown"),
    ],
)
def test_wrong_names_are_refused(classes, told):
    """With the list of those there are."""
    with pytest.raises(InputError, match="`classes` must name") as error:
        adapt_performer(toy_performer(), dataset("ant", "bee", "cow"), classes)
    assert told in str(error.value) and "ant, bee, cow once" in str(error.value)


def test_other_outputs_and_scales_are_refused():
    """Five scores have no order of three names."""
    performer = ending_in(layers.Dense(5))
    data = dataset("ant", "bee", "cow")
    with pytest.raises(InputError, match=r"received output shapes.*5\)"):
        adapt_performer(performer, data, ["bee", "ant", "cow"])
    with pytest.raises(InputError, match="`scale` must be one of none, unit"):
        adapt_performer(performer, data, scale="0-1")
