"""Some examples of a data set."""

import numpy as np
import tensorflow as tf


def take_examples(data: tf.data.Dataset, kept: np.ndarray) -> tf.data.Dataset:
    """Returns some examples, in their old order.

    Args:
        data: Single examples.
        kept: bool `(examples,)`, which of them are taken.
    """
    table = tf.constant(kept)
    chosen = data.enumerate().filter(lambda index, _: table[index])
    return chosen.map(lambda _, example: example).apply(
        tf.data.experimental.assert_cardinality(int(kept.sum()))
    )
