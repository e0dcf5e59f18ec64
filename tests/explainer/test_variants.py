"""The baselines: classification loss, and an encoder without parts."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.callbacks import FreezeInterpretableTrack, augment_features
from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.config.presets import VARIANTS
from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.features.labels import labeled_batches
from tf_explainer.layers import MirrorShift
from tf_explainer.performers import PERFORMERS
from tf_explainer.testing import check_explainer, toy_images, toy_performer

LABELS = np.array([2, 0, 1, 1, 0, 2, 2, 1, 0, 0, 1, 2])
CLS = {"variant": "explainer_cls", "preset": "filters"}


@pytest.fixture(scope="module")
def images():
    """A dozen toy images."""
    return toy_images(12)


def _trained(x, y=None, **settings):
    keras.utils.set_random_seed(0)
    settings = {"preset": "filters"} | settings
    explainer = Explainer.from_performer(toy_performer(), **settings)
    explainer.compile(keras.optimizers.Adam(1e-3), run_eagerly=True)
    views = 0 if settings.get("filter_loss") == "exact" else None
    explainer.fit(x, y, batch_size=4, shuffle=False, views=views, verbose=0)
    return np.concatenate([np.ravel(w) for w in explainer.trainable_weights])


def test_command_line_knows_all_variants():
    """It must not import TensorFlow to know their names."""
    fields = {field.name: field for field in dataclasses.fields(Settings)}
    assert fields["variant"].metadata["choices"] == tuple(VARIANTS)


@pytest.mark.parametrize("variant", VARIANTS)
def test_one_word_sets_all(variant):
    """And they come back from a file with the same values."""
    settings = ExplainerSettings(variant=variant)
    fixed = {**VARIANTS[variant].fixes, **VARIANTS[variant].starts}
    for name, value in fixed.items():
        assert getattr(settings, name) == value
    assert ExplainerSettings.of(settings.as_dict()) == settings


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"variant": "plane"}, "`variant` must be one of"),
        ({"learn_from": "x"}, "fixes `learn_from` to .features."),
        ({"variant": "plain", "mask": "centroid"}, "`variant` plain fixes"),
        (
            {"variant": "explainer_cls", "learn_from": "features"},
            "fixes `learn_from` to 'labels'.*received 'features'",
        ),
        (
            {"variant": "explainer_cls", "score_weight": 0.5},
            "explainer_cls fixes `score_weight` to 0.0.*received 0.5",
        ),
        ({"score_weight": -0.5}, "`score_weight` must be >= 0"),
    ],
)
def test_rejects(settings, message):
    """A setting that contradicts the variant is no silent choice."""
    with pytest.raises(InputError, match=message):
        ExplainerSettings.of(settings)


@pytest.mark.parametrize("activation", ["softmax", "linear", "log_softmax"])
def test_loss_by_definition(ending_in, activation):
    """`-E log p(category) - eta log p`, in place of the reconstruction."""
    explainer = Explainer.from_performer(
        ending_in(3, activation=activation), **CLS, eta=0.7
    )
    x = np.random.default_rng(0).uniform(0, 255, (5, 16, 16, 3))
    features = dict(explainer.attachment.features(x.astype("float32")))
    truth = np.array([0, 2, 1, 1, 0])
    features["labels"] = np.eye(3, dtype="float32")[truth]
    terms = explainer.objective(features, explainer.encode(features).output)
    scores = np.asarray(explainer(x)["scores"], "float64")
    if activation != "softmax":
        scores = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    expected = -np.log(scores[np.arange(5), truth]).mean()
    classification = float(terms["classification_loss"])
    assert classification == pytest.approx(expected, rel=1e-4)
    share = -0.7 * np.log(explainer.p)
    assert float(terms["loss"]) == pytest.approx(expected + share, rel=1e-4)


@pytest.mark.parametrize("negative", [None, 1])
def test_one_sigmoid(ending_in, negative):
    """It speaks for category 1, or for the object where 1 is background."""
    explainer = Explainer.from_performer(
        ending_in(1, activation="sigmoid"), **CLS, negative_category=negative
    )
    x = np.random.default_rng(0).uniform(0, 255, (4, 16, 16, 3))
    features = dict(explainer.attachment.features(x.astype("float32")))
    truth = np.array([0, 1, 1, 1])
    features["labels"] = np.eye(2, dtype="float32")[truth]
    terms = explainer.objective(features, explainer.encode(features).output)
    scores = np.asarray(explainer(x)["scores"], "float64")
    own = np.asarray(explainer.performer(x), "float64")[:, 0]
    column = 1 if negative is None else 0
    told = np.asarray(features["scores"])
    np.testing.assert_allclose(told[:, column], own, rtol=1e-6)
    np.testing.assert_allclose(scores.sum(axis=1), 1, rtol=1e-6)
    expected = -np.log(scores[np.arange(4), truth]).mean()
    assert float(terms["classification_loss"]) == pytest.approx(expected, 1e-4)


def test_learns_the_labels(images):
    """Labels that the performer does not know are learned from them alone."""
    explainer = Explainer.from_performer(
        toy_performer(), **CLS, filter_loss="none", silence=0.0
    )
    explainer.compile(optimizer=keras.optimizers.Adam(1e-2))
    history = explainer.fit(
        *(images, LABELS),
        epochs=40,
        views=0,
        verbose=0,
        callbacks=[FreezeInterpretableTrack(40)],
    ).history
    losses = history["classification_loss"]
    assert losses[-1] < 0.5 * losses[0]
    found = np.argmax(explainer(images)["scores"], axis=1)
    known = np.argmax(explainer.performer(images), axis=1)
    assert (found == LABELS).mean() > (known == LABELS).mean() + 0.3
    losses = explainer.evaluate(images, LABELS, verbose=0, return_dict=True)
    assert losses["classification_loss"] == pytest.approx(
        history["classification_loss"][-1], rel=0.5
    )


@pytest.mark.parametrize("form", ["pairs", "dicts", "images", "one-hot"])
def test_same_labels_in_any_form(images, form):
    """Arrays and data sets, batched or not, give the same batches."""
    data = tf.data.Dataset.from_tensor_slices((images, LABELS))
    forms = {
        "pairs": (data.batch(4), None),
        "dicts": (data.map(lambda x, y: {"image": x, "label": y}), None),
        "images": (data.map(lambda x, y: x), LABELS),
        "one-hot": (images, np.eye(3)[LABELS]),
    }
    received = list(labeled_batches(*forms[form], 3, 4))
    expected = list(labeled_batches(images, LABELS, 3, 4))
    assert len(received) == len(expected) == 3
    for one, other in zip(received, expected, strict=True):
        for name in ("image", "labels"):
            np.testing.assert_array_equal(one[name], other[name])


@pytest.mark.usefixtures("eagerly")
@pytest.mark.parametrize(
    "variant",
    ["explainer_cls", pytest.param("explainer", marks=pytest.mark.slow)],
)
def test_who_reads_labels(images, variant):
    """Only the one that learns from them; others ignore them."""
    one, other = (
        _trained(images, labels, variant=variant)
        for labels in (LABELS, LABELS[::-1])
    )
    assert np.allclose(one, other) == (variant != "explainer_cls")


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "received images alone"),
        (LABELS[:5], "received 5 for 12 images"),
        (LABELS + 1, "categories from 0 to 2.* up to 3"),
        (LABELS / 2, "received float64"),
    ],
)
def test_labels_that_are_missing_or_wrong(images, y, message):
    """Told before anything is computed."""
    explainer = Explainer.from_performer(toy_performer(), **CLS)
    with pytest.raises(InputError, match=message):
        explainer.fit(images, y, verbose=0)


@pytest.mark.usefixtures("eagerly")
def test_views_keep_their_labels(images):
    """Also in the frozen phase, and with images that change."""
    explainer = Explainer.from_performer(toy_performer(), **CLS)
    explainer.fit(
        *(images, LABELS),
        verbose=0,
        callbacks=[FreezeInterpretableTrack(0, MirrorShift(1))],
    )
    augment_features(explainer, None)
    history = explainer.fit(
        *(images, LABELS),
        augmentation=lambda batch: batch[:, :, ::-1],
        validation_data=(images, LABELS),
        verbose=0,
    ).history
    assert np.isfinite(history["val_classification_loss"]).all()


@pytest.mark.usefixtures("eagerly")
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.stack([LABELS, LABELS], axis=1), r"int\d+ of shape \(2,\)"),
        (LABELS.astype(str), r"string of shape \(\)"),
    ],
)
def test_labels_of_a_data_set_are_checked(images, labels, message):
    """Whole numbers or one-hot rows; those may be whole numbers, too."""
    explainer = Explainer.from_performer(toy_performer(), **CLS)
    data = tf.data.Dataset.from_tensor_slices((images, labels))
    with pytest.raises(InputError, match=f"The labels in `x`.*{message}"):
        explainer.fit(data, verbose=0)
    rows = np.eye(3, dtype="int32")[LABELS]
    data = tf.data.Dataset.from_tensor_slices((images, rows)).batch(4)
    assert explainer.fit(data, verbose=0).history["classification_loss"]


def test_kept_features_take_labels(images):
    """They teach what the images themselves teach."""
    exact = {**CLS, "filter_loss": "exact"}
    explainer = Explainer.from_performer(toy_performer(), **exact)
    kept = explainer.cached_features(images)
    expected = _trained(images, LABELS, **exact)
    np.testing.assert_allclose(_trained(kept, LABELS, **exact), expected, 1e-4)
    for labels, message in ((None, "features alone"), (LABELS[:5], "for 12 e")):
        with pytest.raises(InputError, match=message):
            explainer.fit(kept, labels, verbose=0)


@pytest.mark.usefixtures("eagerly")
def test_plain_has_no_masks_and_no_filter_loss(images):
    """Its maps are those of a convolution and a ReLU, and λ_f does nothing."""
    explainer = Explainer.from_performer(toy_performer(), variant="plain")
    history = explainer.fit(images, epochs=1, verbose=0).history
    assert history["filter_loss"] == [0.0]
    for layer in explainer.objective.filter_losses:
        assert not np.asarray(layer.lambda_f).any()
    encoder = explainer.encoder
    features = explainer.attachment.features(images)
    first = keras.ops.relu(encoder.interp_1.conv(features["target"]))
    np.testing.assert_allclose(
        explainer(images)["maps"],
        keras.ops.relu(encoder.interp_2.conv(first)),
        rtol=1e-4,
        atol=1e-5,
    )


def test_paper_s_eta_is_for_reconstruction():
    """A classification loss in nats has another scale."""
    performer = PERFORMERS.get("vgg_s")(3, image_size=96, width=8, units=6)
    settings = Explainer.from_performer(performer, **CLS | {"preset": "paper"})
    assert settings.settings.eta == 1.0
    assert settings.settings.calibration == "relative"


@pytest.mark.parametrize(
    ("given", "eta"),
    [({}, 0.1), ({"score_weight": 0}, 0.1), ({"eta": 0.5}, 0.5)],
)
def test_one_default_each(given, eta):
    """No number hangs on another one; what is given is heeded."""
    settings = ExplainerSettings(**given)
    assert settings.eta == eta
    assert settings.score_weight == given.get("score_weight", 2.0)
    assert ExplainerSettings.of(settings.as_dict()) == settings


def test_no_score_loss_without_reconstruction():
    """It stands beside the reconstruction loss; η may be given."""
    settings = ExplainerSettings(**CLS)
    assert (settings.score_weight, settings.eta) == (0, 1)
    assert ExplainerSettings(**CLS, eta=2.0).eta == 2
    with pytest.raises(InputError, match="`score_weight` to 0.0.*received 1.0"):
        ExplainerSettings(**CLS, score_weight=1.0)
    assert ExplainerSettings.of(settings.as_dict()) == settings


def test_contract(images):
    """Frozen performer, finite outputs, round trips."""
    explainer = Explainer.from_performer(toy_performer(), variant="plain")
    explainer.compile(optimizer=keras.optimizers.Adam(1e-3), run_eagerly=True)
    check_explainer(explainer, images, export=False)
