"""Learning: inputs, metrics, freezing, XLA, errors."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer import callbacks
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.features.images import image_batches
from tf_explainer.testing import toy_images, toy_performer


def trained(x, seed=0, performer=None, **arguments):
    """Returns an explainer after one epoch without shuffling."""
    performer = performer or toy_performer()
    keras.utils.set_random_seed(seed)
    kind = arguments.pop("filter_loss", "equivariant")
    explainer = Explainer.from_performer(
        performer, filter_loss=kind, preset="filters"
    )
    explainer.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        **{
            key: arguments.pop(key)
            for key in ("jit_compile", "run_eagerly")
            if key in arguments
        },
    )
    explainer.fit(x, epochs=1, verbose=0, shuffle=False, **arguments)
    return explainer


def weights_of(explainer):
    """All trainable weights, in one vector."""
    flat = [np.ravel(value) for value in explainer.trainable_weights]
    return np.concatenate(flat)


@pytest.fixture(scope="module")
def from_arrays():
    """Trainable weights that plain arrays lead to."""
    return weights_of(trained(toy_images(), batch_size=4))


def test_same_from_a_data_set(images, from_arrays):
    """One that holds labels, and is not batched."""
    data = tf.data.Dataset.from_tensor_slices(images)
    labeled = data.map(lambda image: {"image": image, "label": 0})
    received = weights_of(trained(labeled, batch_size=4))
    np.testing.assert_allclose(received, from_arrays, rtol=1e-5, atol=1e-7)


def test_same_batches_from_arrays_and_data_sets(explainer, images):
    """Labels are ignored, batching is ours or theirs."""
    labels = np.zeros(len(images))
    data = tf.data.Dataset.from_tensor_slices(images)
    forms = {
        "labels": tf.data.Dataset.zip(
            data, tf.data.Dataset.from_tensor_slices(labels)
        ),
        "unbatched": data,
        "batched": data.batch(4),
        "dicts": data.map(lambda image: {"image": image, "label": 0}),
    }
    shape = explainer.attachment.features.input_shape[1:]
    for form in forms.values():
        found = list(image_batches(form, 4, shape))
        assert len(found) == 3
        for index, batch in enumerate(found):
            np.testing.assert_array_equal(batch, images[4 * index :][:4])


@pytest.mark.usefixtures("eagerly")
def test_reports_stable_metric_names(explainer, images):
    """Names that a tuner can rely on; the filter loss is learning's alone."""
    history = explainer.fit(
        images, epochs=1, verbose=0, validation_data=(images,)
    ).history
    held = set(explainer.objective.names) - {"filter_loss"}
    assert held == {
        *("loss", "reconstruction_loss", "score_loss"),
        *("p", "agreement"),
    }
    names = {*held, "filter_loss", *(f"val_{name}" for name in held)}
    names.add("learning_rate")
    assert set(history) == names
    assert set(explainer.evaluate(images, verbose=0, return_dict=True)) == held


@pytest.mark.slow
@pytest.mark.usefixtures("eagerly")
def test_learns(images):
    """The reconstruction error falls."""
    explainer = Explainer.from_performer(toy_performer(), preset="filters")
    explainer.compile(optimizer=keras.optimizers.Adam(3e-3))
    history = explainer.fit(images, epochs=20, verbose=0).history
    errors = history["reconstruction_loss"]
    assert errors[-1] < 0.7 * errors[0]


@pytest.mark.slow
def test_xla_gives_the_same(images, from_arrays):
    """A compiled train step moves the weights alike."""
    compiled = weights_of(trained(images, batch_size=4, jit_compile=True))
    np.testing.assert_allclose(compiled, from_arrays, rtol=1e-3, atol=2e-5)


@pytest.mark.slow
def test_augmentation_runs_the_performer_each_time(images):
    """With augmentation nothing is cached, and the augmented images count."""
    seen = []

    def mirror(batch):
        seen.append(1)
        return batch[:, :, ::-1]

    exact = {"filter_loss": "exact", "run_eagerly": True, "views": 0}
    augmented = trained(images, augmentation=mirror, **exact)
    direct = trained(images[:, :, ::-1], **exact)
    assert seen
    # Adam turns the rounding of cached features into whole steps of a few.
    apart = np.abs(weights_of(augmented) - weights_of(direct))
    other = np.abs(weights_of(augmented) - weights_of(trained(images, **exact)))
    assert apart.mean() < 0.1 * other.mean()


def test_features_are_computed_once_per_image(images):
    """The performer's trunk runs once, whatever the number of epochs."""
    performer, runs = toy_performer(), []
    explainer = Explainer.from_performer(
        performer, filter_loss="exact", preset="filters"
    )
    run = explainer.attachment.features.call

    def counted(*args, **kwargs):
        tf.py_function(lambda: runs.append(1), [], [])
        return run(*args, **kwargs)

    object.__setattr__(explainer.attachment.features, "call", counted)
    explainer.fit(images, epochs=5, batch_size=6, verbose=0, views=0)
    # Two batches, and the first once more to choose the precision.
    assert len(runs) == 3


@pytest.mark.usefixtures("eagerly")
def test_needed_callbacks_are_added(explainer, images):
    """Without callbacks λ_f and α move; with factor 0 λ_f stays at zero."""
    explainer.fit(images, epochs=1, verbose=0)
    for layer in explainer.objective.filter_losses:
        assert (np.asarray(layer.lambda_f) > 0).any()
    still = Explainer.from_performer(explainer.performer, preset="filters")
    still.fit(
        images,
        epochs=1,
        verbose=0,
        callbacks=[callbacks.UpdateFilterLossWeight(0.0)],
    )
    for layer in still.objective.filter_losses:
        assert not np.asarray(layer.lambda_f).any()


def test_frozen_track_stands_still(explainer, images):
    """From the given epoch on only the rest learns, and nothing retraces."""
    kernels = []

    class Watch(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            encoder = self.model.encoder
            kernels.append(
                [
                    np.array(encoder.interp_1.conv.kernel),
                    np.array(encoder.interp_2.conv.kernel),
                    np.array(encoder.conv_ordin.kernel),
                ]
            )

    explainer.fit(
        images,
        epochs=4,
        verbose=0,
        callbacks=[callbacks.FreezeInterpretableTrack(2), Watch()],
    )
    for which, moves in ((0, False), (1, False), (2, True)):
        assert np.array_equal(kernels[0][which], kernels[1][which]) is False
        assert np.array_equal(kernels[1][which], kernels[3][which]) != moves


def test_p_gets_the_filter_loss_s_gradient(images):
    """On x' = p x_f + (1 - p) x_ordin the filter loss moves p, too."""
    explainer = Explainer.from_performer(
        toy_performer(), filter_loss="exact", eta=0.0, preset="filters"
    )
    explainer.compile(optimizer="sgd")
    explainer.calibrate(images)
    features = explainer.attachment.features(images)

    def gradient(weight):
        layer = explainer.objective.filter_losses[1]
        layer.lambda_f.assign(np.full(explainer.filters, weight))
        with tf.GradientTape() as tape:
            probes = explainer.objective.probes()
            output = explainer.encode(features, probes).output
            losses = explainer.objective(features, output)
        sources = [
            explainer.encoder.mixer.w_p.value,
            explainer.encoder.conv_ordin.kernel.value,
        ]
        return [np.array(g) for g in tape.gradient(losses["loss"], sources)]

    (p_off, ordin_off), (p_on, ordin_on) = gradient(0.0), gradient(1e3)
    assert not np.isclose(p_off, p_on)
    np.testing.assert_array_equal(ordin_off, ordin_on)


def test_nan_image_is_named(explainer, images):
    """An image that is not finite stops before training."""
    images[7] = np.nan
    with pytest.raises(ValueError, match="NaN or infinity in image 7"):
        explainer.fit(images, epochs=1, verbose=0)


def test_nan_feature_is_named(performer, images):
    """A performer whose scores are not finite stops before training."""
    performer.get_layer("fc8").bias.assign(np.full(3, np.nan))
    explainer = Explainer.from_performer(performer, preset="filters")
    with pytest.raises(ValueError, match="scores feature.*image 0"):
        explainer.fit(images, epochs=1, verbose=0)


def test_nan_loss_says_what_to_try(explainer, images):
    """A loss that is no number stops the run with advice."""
    explainer.compile(optimizer=keras.optimizers.SGD(1e30))
    with pytest.raises(ValueError, match="smaller learning rate"):
        explainer.fit(images, epochs=50, batch_size=2, verbose=0)


@pytest.mark.parametrize(
    "x,message",
    [
        (np.zeros((0, 32, 32, 3)), "received 0 images"),
        (np.zeros((4, 32, 32)), r"received float64 \(4, 32, 32\)"),
        (np.zeros((4, 16, 16, 3)), r"received \(16, 16, 3\)"),
        (np.array([["a"]]), "must be an array"),
        (tf.data.Dataset.range(3), "received a data set of"),
    ],
)
def test_rejects_images(explainer, x, message):
    """The message says what was received."""
    with pytest.raises(ValueError, match=message):
        explainer.fit(x, epochs=1, verbose=0)


@pytest.mark.parametrize("given", [{"loss": "mse"}, {"metrics": ["mse"]}])
def test_rejects_losses_and_metrics(explainer, given):
    """They are built in; told before anything is trained."""
    with pytest.raises(InputError, match=f"`{next(iter(given))}`.*built in"):
        explainer.compile(optimizer="adam", **given)


@pytest.mark.slow
def test_seeds_differ(images, from_arrays):
    """Another seed, other weights: the tests above can fail."""
    other = trained(images, seed=1, batch_size=4, run_eagerly=True)
    other = weights_of(other)
    assert not np.allclose(other, from_arrays)
    assert not np.allclose(images, toy_images(seed=1))
