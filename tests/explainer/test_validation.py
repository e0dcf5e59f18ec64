"""What `fit` tells of images that it does not learn from."""

import keras
import numpy as np
import pytest

from tf_explainer import Explainer
from tf_explainer.callbacks import schedule
from tf_explainer.explainer.parts import found_parts
from tf_explainer.features.pairs import joined_pairs
from tf_explainer.testing import toy_images, toy_performer

pytestmark = pytest.mark.usefixtures("module_eagerly")

X = toy_images(8)
HELD = toy_images(5, seed=1)
LABELS = np.arange(5) % 3


class Look(keras.callbacks.Callback):
    """Looks at validation images itself, at the end of the first epoch."""

    def on_epoch_end(self, epoch, logs=None):
        """Keeps the loss of the parts, by its definition."""
        if epoch == 0:
            pairs = self.model.cached_features(HELD, 3, views=1, seed=0)
            losses = [
                float(found_parts(self.model, joined_pairs(batch))["part_loss"])
                for batch in pairs.batch(3)
            ]
            self.found = np.average(losses, weights=[3, 2])
            self.logged = logs["val_part_loss"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """What four epochs lead to, the first of which finds parts."""
    path = tmp_path_factory.mktemp("checkpoints") / "best.weights.h5"
    explainer = Explainer.from_performer(toy_performer())
    explainer.compile(keras.optimizers.Adam(1e-3))
    look = Look()
    stop = keras.callbacks.EarlyStopping(
        "val_loss", min_delta=1e9, patience=1, restore_best_weights=True
    )
    best = keras.callbacks.ModelCheckpoint(
        path, monitor="val_loss", save_best_only=True, save_weights_only=True
    )
    history = explainer.fit(
        X[:3],
        epochs=4,
        batch_size=3,
        views=1,
        verbose=0,
        seed=0,
        validation_data=(HELD, LABELS),
        callbacks=[*schedule(epochs=4, learning_epochs=1), look, stop, best],
    ).history
    return explainer, history, look, path


def test_no_epoch_of_the_first_phase_is_kept(trained):
    """Neither by early stopping nor in a file, and nothing warns."""
    explainer, history, _, path = trained
    # The second epoch is the first with the loss, the third stops it.
    assert len(history["val_loss"]) == 2 and len(history["p"]) == 3
    found = explainer.evaluate(HELD, LABELS, verbose=0, return_dict=True)
    for name in ("loss", "agreement", "explainer_accuracy", "delta_error"):
        np.testing.assert_allclose(
            found[name], history[f"val_{name}"][0], rtol=1e-4, atol=1e-4
        )
    explainer.load_weights(path)
    found = explainer.evaluate(HELD, verbose=0, return_dict=True)
    np.testing.assert_allclose(found["loss"], min(history["val_loss"]), 1e-3)


def test_first_phase_tells_how_parts_are_found(trained):
    """On a moved view beside each image."""
    _, history, look, _ = trained
    assert len(history["val_part_loss"]) == len(history["part_loss"]) == 1
    np.testing.assert_allclose(look.logged, look.found, rtol=2e-3)


def test_the_last_share_is_split_off(capsys):
    """Before shuffling; and features are told before the first epoch."""
    explainer = Explainer.from_performer(toy_performer(), preset="filters")
    explainer.compile(keras.optimizers.Adam(1e-3))
    history = explainer.fit(
        X, batch_size=3, views=1, verbose=2, validation_split=0.25
    ).history
    assert int(explainer.optimizer.iterations) == 2
    found = explainer.evaluate(X[6:], verbose=0, return_dict=True)
    np.testing.assert_allclose(found["loss"], history["val_loss"][0], rtol=1e-3)
    told = capsys.readouterr().out
    assert told.index("Features of 6 images") < told.index("val_loss")
