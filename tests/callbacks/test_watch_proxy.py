"""The drift guard on a hand-made sequence."""

import types

import keras
import numpy as np
import pytest

from tf_explainer.callbacks import FreezeInterpretableTrack, WatchProxy


class Drifting:
    """A guard of a made model whose one weight is the epoch's number."""

    def __init__(self, values, freeze_at=10, **arguments):
        self.freeze = FreezeInterpretableTrack(freeze_at)
        self.weight = keras.Variable(-1.0)
        self.logs = []
        layer = types.SimpleNamespace(weights=[self.weight])
        encoder = types.SimpleNamespace(interpretable=[layer])
        left = iter(values)
        self.guard = WatchProxy(
            lambda model: next(left), self.freeze, **arguments
        )
        self.guard.set_model(types.SimpleNamespace(encoder=encoder))

    def run(self, epochs, first=0):
        """Epochs in which the weight learns until the track is frozen."""
        for epoch in range(first, first + epochs):
            if epoch < self.freeze.epoch:
                self.weight.assign(float(epoch))
            self.logs.append({"loss": 1.0})
            self.guard.on_epoch_end(epoch, self.logs[-1])
        return self


def test_one_fall_is_enough_by_default():
    """Rises, then falls in epoch 3: frozen from 4 on, as it was in 2."""
    found = Drifting([0.1, 0.2, 0.3, 0.25, 0.9]).run(5)
    assert found.freeze.epoch == 4
    assert float(found.weight) == 2.0
    seen = [logs["proxy"] for logs in found.logs]
    assert seen == [0.1, 0.2, 0.3, 0.25, 0.9]


def test_patience_counts_epochs_in_a_row():
    """A new best begins the count anew; below the best is enough."""
    values = [0.3, 0.2, 0.4, 0.1, 0.2, 0.5]
    found = Drifting(values, patience=2).run(6)
    assert found.freeze.epoch == 5
    assert float(found.weight) == 2.0
    assert Drifting(values, patience=3).run(6).freeze.epoch == 10


def test_a_plateau_is_no_new_best():
    """Standing still is borne no longer than falling."""
    assert Drifting([0.2] * 4, patience=2).run(4).freeze.epoch == 3


def test_the_frozen_phase_is_only_logged():
    """What the schedule froze is neither judged nor moved."""
    found = Drifting([0.3, 0.4, 0.1, 0.1], freeze_at=2).run(4)
    assert found.freeze.epoch == 2 and float(found.weight) == 1.0
    assert [logs["proxy"] for logs in found.logs] == [0.3, 0.4, 0.1, 0.1]


def test_a_training_that_goes_on_remembers():
    """The best came before the interruption; its weights are gone."""
    found = Drifting([0.2], patience=2, history=[0.5, 0.3]).run(1, first=2)
    assert found.freeze.epoch == 3 and float(found.weight) == 2.0
    again = Drifting([0.9], patience=1, history=[0.5, 0.3])
    assert again.freeze.epoch == 2
    # Of the frozen epochs nothing is learned.
    late = Drifting([], freeze_at=1, history=[0.5, 0.3, 0.2])
    assert late.freeze.epoch == 1


def test_rejects_no_patience():
    """None would freeze at once."""
    with pytest.raises(ValueError, match="`patience` must be at least 1"):
        WatchProxy(np.mean, FreezeInterpretableTrack(1), patience=0)
