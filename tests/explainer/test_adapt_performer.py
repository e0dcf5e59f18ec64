"""A performer with one sigmoid, on the command line's categories."""

import keras
import numpy as np
import pytest
from tf_explainer.steps.with_both_scores import with_both_scores

from tf_explainer.datasets import PartDataset
from tf_explainer.explainer import Explainer
from tf_explainer.performers import FlatGraph
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
    both = with_both_scores(performer, dataset(*categories))
    assert [*FlatGraph.of(both).layers][:-1] == [
        *FlatGraph.of(performer).layers
    ]
    scores, alone = np.asarray(both(images)), np.asarray(performer(images))
    np.testing.assert_allclose(scores[:, column], alone[:, 0], rtol=1e-6)
    np.testing.assert_allclose(scores.sum(axis=1), 1, rtol=1e-6)


def test_contributions_add_up_to_the_logit_of_the_sigmoid():
    """Of the object as they are, of the background with the other sign."""
    stack = [layers.Dense(1), layers.Activation("sigmoid")]
    performer = with_both_scores(
        ending_in(*stack), dataset("cat", "background")
    )
    explainer = Explainer.from_performer(performer, negative_category=1)
    images = toy_images()
    explainer.calibrate(images)
    one, other = (explainer.contributions(images, index) for index in (0, 1))
    np.testing.assert_allclose(
        keras.ops.sigmoid(one.score), explainer(images)["scores"][:, 0], 1e-5
    )
    np.testing.assert_allclose(one.filters, -other.filters, rtol=1e-5)


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
    assert with_both_scores(performer, dataset(*categories)) is performer
