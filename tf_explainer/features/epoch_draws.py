"""Orders and draws that come from a seed and the number of the epoch."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

# More examples than this are mixed only with those near them.
HELD = 4096


class EpochDraws(keras.callbacks.Callback):
    """Draws anew in each epoch, and the same in that epoch of any training.

    A training that is stopped and goes on with its seventh epoch then sees
    what an uninterrupted one sees there.

    ```python
    draws = EpochDraws(seed)
    data = draws.keyed(draws.shuffled(examples, count)).map(mirror_by_key)
    model.fit(data.batch(32), initial_epoch=6, callbacks=[draws])
    ```

    Args:
        seed: Seed of all draws; `None` takes one from TensorFlow's global
            generator, which `keras.utils.set_random_seed` fixes.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__()
        self.seed = _drawn_seed() if seed is None else seed
        self.epoch = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Learns the number of the epoch, counted from 0."""
        self.epoch = epoch

    def shuffled(self, examples: tf.data.Dataset, count: int) -> Any:
        """Returns examples in an order that is new in each epoch.

        Args:
            examples: Single examples.
            count: Their number; below 0 if it is not known.
        """
        held = HELD if count < 0 else max(min(count, HELD), 1)

        def shuffle(key: Any) -> tf.data.Dataset:
            # `Dataset.shuffle` compares a global seed of 0 with its own seed,
            # which fails where that is a tensor; of this function's graph.
            tf.compat.v1.set_random_seed(1)
            seed = tf.random.stateless_uniform(
                (), key, maxval=2**62, dtype=tf.int64
            )
            return examples.shuffle(held, seed, reshuffle_each_iteration=False)

        order = self._by_epoch(shuffle)
        if count < 0:
            return order
        # Keras warns where data of unknown size ends.
        return order.apply(tf.data.experimental.assert_cardinality(count))

    def keyed(self, examples: tf.data.Dataset) -> tf.data.Dataset:
        """Returns pairs of an example and a key of its own.

        The key travels with the example, so that it does not matter which
        thread draws first.

        Args:
            examples: Examples or batches, in the order of the epoch.

        Returns:
            Pairs `(example, key)`; the key, int32 `(2,)`, is a seed for
            TensorFlow's stateless draws.
        """

        def keys(key: Any) -> tf.data.Dataset:
            # Not that of the order.
            key = tf.random.experimental.stateless_fold_in(key, 1)
            return tf.data.Dataset.counter().map(
                lambda number: tf.random.experimental.stateless_fold_in(
                    key, number
                )
            )

        endless = tf.data.experimental.assert_cardinality(
            tf.data.INFINITE_CARDINALITY
        )
        return tf.data.Dataset.zip(
            examples, self._by_epoch(keys).apply(endless)
        )

    def _by_epoch(self, make: Callable[[Any], Any]) -> tf.data.Dataset:
        """A data set that is made anew, from the epoch's key, in each pass."""

        def key(_: Any) -> Any:
            # A variable would belong to the distribution strategy of the
            # model, which a data set knows nothing of.
            epoch = tf.numpy_function(
                lambda: np.int32(self.epoch), [], tf.int32
            )
            seed = tf.constant(self.seed % 2**31, tf.int32)
            return tf.stack([seed, tf.reshape(epoch, ())])

        return tf.data.Dataset.from_tensors(0).map(key).flat_map(make)


def _drawn_seed() -> int:
    return int(tf.random.uniform((), maxval=2**31 - 1, dtype=tf.int32))
