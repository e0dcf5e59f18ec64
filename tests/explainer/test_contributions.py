"""Contributions: complete, and equal to what the definition says."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.class_scores import LogitHead


def biased(model):
    """Gives every bias of a model a value that matters."""
    generator = np.random.default_rng(4)
    for weight in model.weights:
        if weight.name == "bias":
            weight.assign(generator.normal(0, 0.3, weight.shape))


@pytest.fixture
def calibrated(performer, images):
    """An explainer of a network whose biases are not zero."""
    biased(performer)
    explainer = Explainer.from_performer(
        performer, initial_p=0.6, preset="filters"
    )
    explainer.calibrate(images)
    return explainer


def test_pieces_add_up_to_the_logit(calibrated, images):
    """Softmax of the scores of all categories is what the explainer says."""
    scores = []
    for category in range(3):
        pieces = calibrated.contributions(images, category)
        total = pieces.filters.numpy().sum(axis=1)
        total += pieces.ordinary.numpy() + pieces.rest.numpy()
        np.testing.assert_allclose(total, pieces.score, atol=1e-4)
        scores.append(pieces.score)
    np.testing.assert_allclose(
        keras.ops.softmax(np.stack(scores, axis=-1)),
        calibrated(images)["scores"],
        atol=1e-5,
    )


def test_bias_is_the_biases_own_share(calibrated, images):
    """Gradient × bias over decoder and head: nothing else is left over."""
    pieces = calibrated.contributions(images, 1)
    decoder, head = calibrated.decoder, calibrated.attachment.head
    logits_of = LogitHead(head)
    weights = [weight for weight in decoder.weights if weight.name == "bias"]
    features = calibrated.attachment.features(images)
    output = calibrated.encode(features).output
    with tf.GradientTape() as tape:
        score = logits_of(decoder(output)["fc7"])[:, 1]
    slopes = tape.jacobian(score, [weight.value for weight in weights])
    expected = sum(
        np.asarray(slope) @ weight.numpy()
        for slope, weight in zip(slopes, weights, strict=True)
    )
    (own,) = (w for w in head.weights if w.name == "bias")
    np.testing.assert_allclose(
        pieces.rest, expected + own.numpy()[1] - own.numpy().mean(), atol=1e-4
    )


def test_what_all_categories_get_alike_speaks_for_none(calibrated, images):
    """A number added to all logits: the softmax and the pieces stay."""
    before = calibrated.contributions(images, 1)
    (bias,) = (
        weight
        for weight in calibrated.attachment.head.weights
        if weight.name == "bias"
    )
    bias.assign(bias + 7.0)
    after = calibrated.contributions(images, 1)
    for name in ("parts", "ordinary", "rest", "score", "filters"):
        one, other = getattr(before, name), getattr(after, name)
        np.testing.assert_allclose(one, other, atol=1e-5)
    scores = [calibrated.contributions(images, k).score for k in range(3)]
    np.testing.assert_allclose(np.sum(scores, axis=0), 0, atol=1e-4)


def test_a_silenced_filter_takes_its_contribution_along(performer, images):
    """In a linear network, measured and claimed are the same number."""
    explainer = Explainer.from_performer(_linear(performer), preset="filters")
    explainer.calibrate(images)
    before = explainer.contributions(images, 2)
    conv = explainer.encoder.interp_2.conv
    for weight in (conv.kernel, conv.bias):
        weight.assign(np.where(np.arange(12) == 5, 0, weight.numpy()))
    after = explainer.contributions(images, 2)
    fallen = before.score - after.score
    assert np.abs(fallen).max() > 1e-3
    np.testing.assert_allclose(before.filters[:, 5], fallen, atol=1e-4)


def _linear(performer):
    """The toy performer with fc6 and fc7 without their ReLU."""

    def cloned(layer):
        config = layer.get_config()
        if layer.name in ("fc6", "fc7"):
            config["activation"] = "linear"
        return type(layer).from_config(config)

    clone = keras.models.clone_model(performer, clone_function=cloned)
    clone.set_weights(performer.get_weights())
    return clone


def test_default_category_is_the_performers(calibrated, images):
    """One index for each image may be given, too."""
    top = np.asarray(calibrated(images)["performer_scores"]).argmax(axis=1)
    np.testing.assert_array_equal(
        calibrated.contributions(images).filters,
        calibrated.contributions(images, top).filters,
    )


def test_unknown_category_is_refused(calibrated, images):
    """A whole number in range, or one for each image."""
    for category in (3, -1, 0.5, [0, 1], "cat"):
        with pytest.raises(InputError, match="`category`"):
            calibrated.contributions(images, category)


@pytest.mark.parametrize("ending", ["dense", "layer", "activation", "reshape"])
def test_logits_of_every_usual_ending(ending):
    """However the softmax is put, the logits are found before it."""
    keras.utils.set_random_seed(0)
    features = keras.Input((4,))
    inside = ending == "dense"
    scores = keras.layers.Dense(3, activation="softmax" if inside else None)(
        features
    )
    if ending == "reshape":
        scores = keras.layers.Reshape((1, 1, 3))(scores)
    if ending == "layer":
        scores = keras.layers.Softmax()(scores)
    elif not inside:
        scores = keras.layers.Activation("softmax")(scores)
    if ending == "reshape":
        scores = keras.layers.Reshape((3,))(scores)
    head = keras.Model(features, scores)
    biased(head)
    values = np.random.default_rng(1).normal(size=(5, 4)).astype("float32")
    kernel, bias = head.get_weights()
    logits = values @ kernel + bias
    expected = logits - logits.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(LogitHead(head)(values), expected, atol=1e-5)


@pytest.mark.parametrize("inside", [True, False])
def test_independent_sigmoids_keep_their_logits(inside):
    """They do see a number that is added to all."""
    features = keras.Input((4,))
    dense = keras.layers.Dense(3, activation="sigmoid" if inside else None)
    scores = dense(features)
    if not inside:
        scores = keras.layers.Activation("sigmoid")(scores)
    head = keras.Model(features, scores)
    biased(head)
    values = np.random.default_rng(1).normal(size=(5, 4)).astype("float32")
    kernel, bias = head.get_weights()
    np.testing.assert_allclose(
        LogitHead(head)(values), values @ kernel + bias, atol=1e-5
    )


@pytest.mark.parametrize(("negative", "positive"), [(None, 1), (1, 0)])
def test_one_sigmoid_speaks_for_one_category(images, negative, positive):
    """The object, or category 1; the other has the other sign."""
    keras.utils.set_random_seed(3)
    image = keras.Input((32, 32, 3))
    x = keras.layers.Conv2D(4, 3, strides=8, activation="relu", name="a")(image)
    x = keras.layers.Conv2D(4, 3, padding="same", activation="relu", name="b")(
        x
    )
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(5, activation="relu", name="c")(x)
    x = keras.layers.Dense(1, activation="sigmoid")(x)
    explainer = Explainer.from_performer(
        keras.Model(image, x),
        "a",
        "b",
        ("c",),
        negative_category=negative,
        preset="filters",
    )
    explainer.calibrate(images)
    one, other = (
        explainer.contributions(images, index)
        for index in (positive, 1 - positive)
    )
    np.testing.assert_allclose(one.filters, -other.filters, rtol=1e-6)
    np.testing.assert_allclose(
        keras.ops.sigmoid(one.score),
        explainer(images)["scores"][:, positive],
        rtol=1e-5,
    )
