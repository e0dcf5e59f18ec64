"""An explainer is a Keras model: what goes with `fit` elsewhere goes here."""

import keras
import numpy as np
import pytest

from tf_explainer import Explainer
from tf_explainer.callbacks import schedule
from tf_explainer.explainer.fitting import FitState
from tf_explainer.testing import toy_images, toy_performer


@pytest.fixture(scope="module")
def images():
    """Eight toy images."""
    return toy_images(8)


@pytest.fixture(scope="module")
def performer():
    """A toy performer, which no training changes."""
    return toy_performer()


def _new(performer):
    keras.utils.set_random_seed(0)
    return Explainer.from_performer(performer, preset="filters")


def _fit(explainer, images, callbacks, epochs=2, **kwargs):
    """Trains as `fit` does by default, without compiling the step."""
    explainer.compile(keras.optimizers.Adam(1e-3), run_eagerly=True)
    return explainer.fit(
        images,
        epochs=epochs,
        batch_size=4,
        seed=0,
        views=1,
        verbose=0,
        callbacks=[*schedule(epochs=epochs), *callbacks],
        **kwargs,
    )


def test_stops_early_and_restores_the_best(performer, images):
    """By the loss on `validation_data`."""
    explainer = _new(performer)
    stop = keras.callbacks.EarlyStopping(
        "val_loss", min_delta=1e9, patience=1, restore_best_weights=True
    )
    history = _fit(
        explainer, images, [stop], epochs=4, validation_data=images[:4]
    ).history
    assert len(history["val_loss"]) == 2
    found = explainer.evaluate(images[:4], verbose=0, return_dict=True)
    np.testing.assert_allclose(found["loss"], history["val_loss"][0], rtol=1e-4)


def test_checkpoints_hold_what_the_schedule_changed(
    performer, images, tmp_path
):
    """The file of the last epoch is the explainer as it is."""
    explainer, path = _new(performer), tmp_path / "{epoch}.keras"
    _fit(explainer, images, [keras.callbacks.ModelCheckpoint(path)])
    again = keras.saving.load_model(tmp_path / "2.keras")
    # What is usual is known when all is learned.
    assert again.explain(images[0]).trust.typical is None
    again.learn_typical(images)
    for one, other in zip(again.weights, explainer.weights, strict=True):
        # From images, not from the features that `fit` has kept as float16.
        rounded = 2e-3 if "typicality" in one.path else 0
        np.testing.assert_allclose(one, other, rtol=rounded)


def test_tensorboard_gets_its_files(performer, images, tmp_path):
    """Losses and learning rate of each epoch."""
    board = keras.callbacks.TensorBoard(tmp_path, write_graph=False)
    _fit(_new(performer), images, [board], epochs=1)
    assert list(tmp_path.rglob("events.out.tfevents.*"))


@pytest.mark.slow
def test_a_backup_goes_on_to_the_same_weights(
    performer, images, tmp_path, stop_in
):
    """`BackupAndRestore`, stopped in the second of two epochs."""
    whole, stopped, resumed = (_new(performer) for _ in range(3))
    _fit(whole, images, [], epochs=2)

    def backup():
        return keras.callbacks.BackupAndRestore(tmp_path)

    with pytest.raises(KeyboardInterrupt):
        _fit(stopped, images, [backup(), stop_in(1)], epochs=2)
    _fit(resumed, images, [backup()], epochs=2)
    for one, other in zip(whole.weights, resumed.weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_it_can_be_looked_at(performer, images, capsys):
    """`summary` counts its weights, and `plot_model` can draw it."""
    explainer = _new(performer)
    explainer.summary()
    shown = capsys.readouterr().out
    trainable = sum(np.prod(w.shape) for w in explainer.trainable_weights)
    assert f"{int(trainable):,}" in shown and "encoder" in shown
    pytest.importorskip("pydot")
    drawn = keras.utils.model_to_dot(explainer).to_string()
    assert explainer.name in drawn


def test_predicts_and_evaluates_by_batch(performer, images):
    """As a call does, and with the names of the metrics."""
    explainer = _new(performer)
    explainer.calibrate(images)
    explainer.compile(run_eagerly=True)
    told = explainer.predict(images, batch_size=3, verbose=0)
    np.testing.assert_allclose(
        told["scores"], explainer(images)["scores"], rtol=1e-4, atol=1e-5
    )
    losses = explainer.evaluate(images, verbose=0, return_dict=True)
    assert {"loss", "p", "agreement"} <= set(losses)


def test_fit_leaves_all_but_weights_as_it_was(performer, images):
    """The track can learn again, and nothing is dropped, also if it fails."""

    class Fails(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            assert not self.model.encoder.interp_1.trainable
            assert self.model.encoder.mixer.ordinary_dropout
            raise RuntimeError("in the frozen phase")

    explainer = _new(performer)
    frozen = schedule(epochs=1, learning_epochs=0)
    explainer.compile(keras.optimizers.Adam(1e-3), run_eagerly=True)
    with pytest.raises(RuntimeError, match="frozen phase"):
        explainer.fit(images, verbose=0, views=1, callbacks=[*frozen, Fails()])
    assert all(one.trainable for one in explainer.encoder.interpretable)
    assert explainer.encoder.mixer.trainable
    assert explainer.encoder.mixer.ordinary_dropout == 0
    assert explainer.fit_state == FitState()


@pytest.mark.usefixtures("eagerly")
def test_own_learning_rate_holds(performer, images):
    """Of an explainer that the user compiled; else the schedule's."""
    own, ours = _new(performer), _new(performer)
    own.compile(keras.optimizers.Adam(1e-5))
    rates = []
    for explainer in (own, ours):
        explainer.fit(images, batch_size=4, views=1, verbose=0)
        rates.append(float(explainer.optimizer.learning_rate))
    np.testing.assert_allclose(rates, [1e-5, 1e-3], rtol=1e-6)
