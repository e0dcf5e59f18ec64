"""An image that is not finite gets no number that looks like any other."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.errors import InputError

BROKEN = np.array([False, True, True, True, False])


@pytest.fixture
def broken(images):
    """Five images: one is all NaN, one has one such pixel, one is infinite."""
    images = images[:5].copy()
    images[1] = np.nan
    images[2, 20, 11, 1] = np.nan
    images[3, 0, 0, 0] = -np.inf
    return images


@pytest.mark.parametrize("jit_compile", [False, True])
def test_graph_gives_nan(explainer, images, broken, jit_compile):
    """All outputs of those images, though ReLU and pooling take NaN for 0."""
    run = tf.function(lambda x: explainer(x), jit_compile=jit_compile)
    told, whole = run(tf.constant(broken)), run(tf.constant(images[:5]))
    for name in ("scores", "performer_scores", "peaks", "peak_strengths"):
        found = np.asarray(told[name]).reshape(5, -1)
        assert np.isnan(found[BROKEN]).all()
        # And the images beside them are none the worse.
        expected = np.asarray(whole[name]).reshape(5, -1)[~BROKEN]
        np.testing.assert_array_equal(found[~BROKEN], expected)
    assert np.isnan(told["maps"].numpy()[BROKEN]).all()


@pytest.mark.parametrize(
    "call",
    [
        lambda explainer, x: explainer(x),
        lambda explainer, x: explainer.predict(x, verbose=0),
        lambda explainer, x: explainer.evaluate(x, verbose=0),
        lambda explainer, x: explainer.contributions(x),
        lambda explainer, x: explainer.layer_maps(x),
        lambda explainer, x: explainer.cached_features(x),
        lambda explainer, x: explainer.untrained(x),
    ],
)
def test_refused_where_it_can_be(explainer, broken, call):
    """The first of them is named, and how many there are."""
    explainer.compile(optimizer="adam")
    with pytest.raises(InputError, match="in image 1 and 2 more of 5"):
        call(explainer, broken)


def test_contributions_of_broken_features(explainer, images):
    """Of features that are kept, the image is gone and the target is asked."""
    features = dict(explainer.attachment.features(images[:3]))
    target = features["target"].numpy()
    target[1, 0, 0, 0] = np.nan
    pieces = explainer.contributions({**features, "target": target})
    for piece in filter(lambda one: one is not None, pieces):
        broken = np.isnan(piece.numpy()).reshape(3, -1)
        assert broken[1].all() and not broken[[0, 2]].any()
