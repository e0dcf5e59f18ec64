"""Draws of an epoch, whatever came before it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.features.epoch_draws import EpochDraws


def _order(draws, epoch, count=30):
    draws.on_epoch_begin(epoch)
    numbers = tf.data.Dataset.range(count)
    return [int(number) for number in draws.shuffled(numbers, count)]


def _keys(draws, epoch, count=30):
    draws.on_epoch_begin(epoch)
    keyed = draws.keyed(tf.data.Dataset.range(count))
    return np.array([key for _, key in keyed])


@pytest.mark.parametrize("seed", [0, 7, 2**32 - 1])
@pytest.mark.parametrize("global_seed", [None, 0, 3])
def test_an_epoch_is_the_same_in_any_training(seed, global_seed):
    """After other epochs, and under another global seed."""
    first = EpochDraws(seed)
    orders = [_order(first, epoch) for epoch in range(3)]
    keys = [_keys(first, epoch) for epoch in range(3)]
    if global_seed is not None:
        keras.utils.set_random_seed(global_seed)
    assert _order(EpochDraws(seed), 2) == orders[2]
    np.testing.assert_array_equal(_keys(EpochDraws(seed), 2), keys[2])
    for order in orders:
        assert sorted(order) == list(range(30))
    assert orders[0] != orders[1] != orders[2] != orders[0]


def test_keys_differ():
    """From example to example, epoch to epoch and seed to seed."""
    seen = [
        _keys(EpochDraws(seed), epoch) for seed in (0, 1) for epoch in (0, 1)
    ]
    rows = np.concatenate(seen)
    assert len(np.unique(rows, axis=0)) == len(rows)


def test_lengths_are_known():
    """Keras warns where it does not know how long an epoch is."""
    draws = EpochDraws(0)
    shuffled = draws.shuffled(tf.data.Dataset.range(5), 5)
    assert int(shuffled.cardinality()) == 5
    assert int(draws.keyed(shuffled).cardinality()) == 5


def test_seed_of_the_global_generator():
    """As `keras.utils.set_random_seed` promises."""
    seeds = []
    for seed in (4, 4, 5):
        keras.utils.set_random_seed(seed)
        seeds.append(EpochDraws().seed)
    assert seeds[0] == seeds[1] != seeds[2]
