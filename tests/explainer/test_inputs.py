"""All that takes images takes them in the same forms."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.config.schedule import Schedule
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer
from tf_explainer.training import train_explainer
from tf_explainer.training.explainers import _lessons

pytestmark = pytest.mark.usefixtures("module_eagerly")

X, Y = toy_images(), np.arange(12) % 3
CLS = {"variant": "explainer_cls"}


class Batches(keras.utils.PyDataset):
    """Three batches of four."""

    def __len__(self):
        """As a user writes it."""
        return 3

    def __getitem__(self, index):
        """Images and labels."""
        part = slice(4 * index, 4 * index + 4)
        return X[part], Y[part]


def _generator():
    return ((X[i : i + 4], Y[i : i + 4]) for i in (0, 4, 8))


def _once():
    """A data set of a generator that has one pass in it."""
    pairs = _generator()
    shapes = tf.TensorSpec((None, 32, 32, 3)), tf.TensorSpec((None,), tf.int64)
    return tf.data.Dataset.from_generator(
        lambda: pairs, output_signature=shapes
    )


FORMS = {
    "PyDataset": Batches,
    "generator": _generator,
    "data set": lambda: tf.data.Dataset.from_tensor_slices((X, Y)).batch(4),
    "dictionary": lambda: {"image": X.astype("uint8"), "label": Y},
}


@pytest.fixture(scope="module")
def models():
    """One that learns from features, and one from labels; calibrated."""
    explainer, baseline = (
        Explainer.from_performer(
            toy_performer(), filter_loss="none", **kind, preset="filters"
        )
        for kind in ({}, CLS)
    )
    for model in (explainer, baseline):
        model.compile(optimizer="adam")
        model.calibrate(X)
    return explainer, baseline


@pytest.mark.parametrize("form", FORMS)
def test_evaluate_and_predict(models, form):
    """As arrays do; uint8 is rounded."""
    explainer, baseline = models
    x = np.floor(X) if form == "dictionary" else X
    scores = explainer.predict(FORMS[form](), verbose=0)["scores"]
    np.testing.assert_allclose(scores, explainer(x)["scores"], atol=1e-6)
    arguments = {"verbose": 0, "batch_size": 4, "return_dict": True}
    found = explainer.evaluate(FORMS[form](), **arguments)
    expected = explainer.evaluate(x, Y, **arguments)
    assert found == pytest.approx(expected, rel=1e-5)
    found = baseline.evaluate(FORMS[form](), **arguments)
    expected = baseline.evaluate(x, Y, **arguments)
    assert found == pytest.approx(expected, rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["PyDataset", "generator"])
def test_fit_and_its_validation(models, form):
    """Every epoch sees all images, also those of a generator."""
    for model in models:
        history = model.fit(
            FORMS[form](),
            validation_data=FORMS[form](),
            batch_size=5,
            epochs=2,
            verbose=0,
        ).history
        assert len(history["loss"]) == len(history["val_loss"]) == 2
        steps = int(model.optimizer.iterations)
        assert steps and steps % (2 * 3) == 0


def test_steps_of_what_does_not_end(models):
    """Two batches are taken; without a number it is refused."""
    explainer, _ = models

    def endless():
        return itertools.repeat((X[:4], Y[:4]))

    assert len(explainer.predict(endless(), steps=2, verbose=0)["p"]) == 8
    found = explainer.evaluate(endless(), steps=2, verbose=0)
    expected = explainer.evaluate(X[:4], Y[:4], verbose=0)
    np.testing.assert_allclose(found, expected)
    before = int(explainer.optimizer.iterations)
    explainer.fit(endless(), steps_per_epoch=3, epochs=2, verbose=0)
    # Twelve images are one batch of up to 32, in each of two epochs.
    assert int(explainer.optimizer.iterations) == before + 2
    with pytest.raises(InputError, match="`x` must end.*steps_per_epoch"):
        explainer.fit(endless(), verbose=0)
    with pytest.raises(InputError, match="`validation_data` must end"):
        explainer.fit(X, validation_data=endless(), verbose=0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda e: e.fit(_once(), verbose=0), "none in its second"),
        (lambda e: e.calibrate(_once()), "received 12 and then 0"),
        (lambda e: e.predict(e.cached_features(X)), "received features"),
        (lambda e: e(X[0]), "image\\[None\\]"),
        (lambda e: e(X[:, :20]), r"received \(20, 32, 3\)"),
    ],
)
def test_refused(models, call, message):
    """In one line, and never an epoch of nothing."""
    with pytest.raises(InputError, match=message):
        call(models[0])


@pytest.mark.parametrize("images", [lambda: X, _generator])
@pytest.mark.parametrize("labels", [5, 20])
def test_as_many_labels_as_images(models, images, labels):
    """Neither images nor labels are left out without a word."""
    with pytest.raises(InputError, match="label|category for each image"):
        models[1].fit(images(), np.arange(labels) % 3, verbose=0)


def test_labels_out_of_range(models):
    """Told in one line, though a data set finds it while it is read."""
    data = tf.data.Dataset.from_tensor_slices((X, Y + 2))
    with pytest.raises(InputError, match="`y` must.*0 to 2, received 3 to 3"):
        models[1].fit(data, verbose=0)


@pytest.mark.parametrize(
    ("form", "settings"),
    [
        (lambda: X, {}),
        (_generator, CLS),
        (FORMS["dictionary"], CLS),
    ],
)
def test_train_explainer_takes_images(form, settings):
    """No landmarks, no splits; labels where it learns from them."""
    explainer = Explainer.from_performer(
        toy_performer(), filter_loss="none", **settings, preset="filters"
    )
    schedule = Schedule(epochs=2, learning_epochs=1, views=0)
    losses = train_explainer(
        explainer, form(), schedule=schedule, batch_size=4
    )["loss"]
    assert len(losses) == 2 and np.isfinite(losses).all()
    assert int(explainer.optimizer.iterations) == 2 * 3


def test_labels_stay_with_their_images():
    """Though each pass over a data set has another order."""
    explainer = Explainer.from_performer(
        toy_performer(), **CLS, preset="filters"
    )
    own = np.argmax(explainer.performer(X), axis=1)
    data = tf.data.Dataset.from_tensor_slices((X, own)).shuffle(12).batch(4)
    features, labels, count = _lessons(explainer, data, 4, None, 0, 0)
    assert labels is None and count == 12
    for one in features:
        assert np.argmax(one["labels"]) == np.argmax(one["scores"])
    assert len(set(own)) > 1


def test_train_explainer_asks_for_labels():
    """The baseline cannot learn from images alone."""
    explainer = Explainer.from_performer(
        toy_performer(), **CLS, preset="filters"
    )
    with pytest.raises(InputError, match="received images alone"):
        train_explainer(explainer, X)


def test_train_explainer_chooses_epochs_by_the_images():
    """As for a data set of parts of as many images, see `Schedule`."""
    seen = []

    class Stop(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            seen.append(self.params["epochs"])
            self.model.stop_training = True

        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = True

    explainer = Explainer.from_performer(
        toy_performer(), filter_loss="none", preset="filters"
    )
    train_explainer(explainer, X, batch_size=1, callbacks=[Stop()])
    usual = Schedule.for_images(len(X), 1, preset="filters")
    assert seen == [usual.epochs]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps_per_epoch", -1),
        ("steps_per_epoch", 0),
        ("batch_size", 0),
        ("batch_size", 2.5),
        ("epochs", 0),
        ("class_weight", {0: 1.0}),
        ("validation_split", 1.0),
        ("sample_weight", [1.0]),
    ],
)
def test_arguments_that_are_not_taken(explainer, images, name, value):
    """Each is named; Keras would divide by it or ask for labels."""
    with pytest.raises(InputError, match=f"`{name}`"):
        explainer.fit(images, verbose=0, **{name: value})


def test_labels_are_taken_once(performer, images):
    """Two that differ would let one win."""
    explainer = Explainer.from_performer(
        performer, variant="explainer_cls", preset="filters"
    )
    labels = np.zeros(len(images), int)
    pairs = tf.data.Dataset.from_tensor_slices((images, labels))
    with pytest.raises(InputError, match="`x` holds labels, and so does `y`"):
        explainer.fit(pairs, labels, verbose=0)
    with pytest.raises(InputError, match="rows that add up to 1"):
        explainer.fit(images, np.ones((len(images), 3)), verbose=0)


def test_a_batch_by_itself_tells_broken_images(explainer, images):
    """Nobody has looked at its pixels before."""
    explainer.compile(optimizer="adam")
    explainer.calibrate(images)
    broken = np.array(images)
    broken[0, 0, 0, 0] = np.nan
    found = explainer.test_on_batch(broken, return_dict=True)
    for name in ("loss", "reconstruction_loss", "agreement"):
        assert np.isnan(found[name])


def test_data_that_turn_out_empty(explainer, images):
    """Told when they are read."""
    explainer.compile(optimizer="adam")
    data = tf.data.Dataset.from_tensor_slices(images).filter(
        lambda image: tf.reduce_sum(image) < 0
    )
    for form in (True, False):
        with pytest.raises(InputError, match="`x` must not be empty"):
            explainer.evaluate(data, verbose=0, return_dict=form)
