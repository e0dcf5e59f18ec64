"""BestEpoch stops in time and gives the best weights back."""

import keras
import numpy as np
import pytest

from tf_explainer.callbacks.backup import BestEpoch


def trained(best, losses):
    """Runs the callback over epochs whose weight is their number."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    best.set_model(model)
    done = 0
    for epoch, loss in enumerate(losses):
        model.set_weights([np.full((1, 1), epoch), np.zeros(1)])
        model.stop_training = False
        best.on_epoch_end(epoch, {"val_loss": loss})
        done += 1
        if model.stop_training:
            break
    return model, done


@pytest.mark.parametrize("on_disk", [True, False])
def test_stops_and_restores(on_disk, tmp_path):
    """Two epochs after the lowest loss, whose weights come back."""
    best = BestEpoch(tmp_path / "b" if on_disk else None, patience=2)
    model, done = trained(best, [3.0, 1.0, 1.0, 2.0, 0.0])
    assert (done, best.best, best.is_over) == (4, 1, True)
    best.restore(model)
    assert model.get_weights()[0].item() == 1


def test_goes_on_after_an_interruption(tmp_path):
    """A new object knows the losses and the weights of the one before."""
    trained(BestEpoch(tmp_path, patience=3), [1.0, 2.0])
    again = BestEpoch(tmp_path, patience=3, losses=[1.0, 2.0])
    assert not again.is_over
    model, done = trained(again, [2.0, 3.0, 4.0])
    assert (done, again.best) == (2, 0)
    again.restore(model)
    assert model.get_weights()[0].item() == 0


def test_not_finite_is_never_best():
    """NaN is no low loss; without a finite one there is no best epoch."""
    best = BestEpoch(None, patience=2)
    _, done = trained(best, [np.nan, np.nan, np.nan])
    assert done == 2 and best.best is None
    best = BestEpoch(None, patience=2)
    trained(best, [np.nan, 5.0])
    assert best.best == 1
