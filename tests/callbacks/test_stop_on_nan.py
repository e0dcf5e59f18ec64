"""A training that goes astray is stopped."""

import keras
import numpy as np
import pytest

from tf_explainer.callbacks import StopOnNaN
from tf_explainer.errors import InputError


def _callback():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    callback = StopOnNaN()
    callback.set_model(model)
    return callback, model


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_loss_that_is_no_number(loss):
    """The batch is named, and what to try."""
    callback, _ = _callback()
    callback.on_train_batch_end(2, {"loss": 1.0})
    with pytest.raises(InputError, match="batch 3.*learning rate"):
        callback.on_train_batch_end(3, {"loss": loss})


def test_weight_that_is_no_number():
    """Told at the end of the epoch, though the loss may look well."""
    callback, model = _callback()
    callback.on_epoch_end(0, {"loss": 1.0})
    model.layers[0].bias.assign([np.nan])
    with pytest.raises(InputError, match="bias.*NaN"):
        callback.on_epoch_end(1, {"loss": 1.0})
