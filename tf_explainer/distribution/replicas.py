"""One batch on several devices: what looks at a batch looks at all of it.

Where a `tf.distribute` strategy trains on several devices, each of them, a
replica, holds some rows of the batch. With one replica, and outside of a
training, all functions here leave what they are given as it is.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import tensorflow as tf

from tf_explainer.tensors import Scalar, Tensor


class _Rows(NamedTuple):
    """Which rows of the whole batch a replica holds, int32 scalars."""

    start: Tensor
    here: Tensor
    total: Tensor


# Replicas of one process are traced in threads of their own.
_BATCH = threading.local()


@contextlib.contextmanager
def one_batch(rows: Tensor) -> Iterator[None]:
    """Counts the rows of all replicas once for all that is done in the block.

    Args:
        rows: A tensor with the rows that this replica holds on its first axis.
    """
    if _replica() is None:
        yield
        return
    _BATCH.rows = _counted(rows)
    try:
        yield
    finally:
        _BATCH.rows = None


def spread() -> bool:
    """Whether a batch lies on several replicas here."""
    return _replica() is not None


def whole_batch(tensor: Tensor) -> Tensor:
    """Returns the rows of all replicas, in the order of the whole batch.

    Gradients pass it: what any replica does with a row reaches that row.

    Args:
        tensor: Rows of this replica, `(rows, …)`; numbers, no truth values.
    """
    replica = _replica()
    if replica is None:
        return tensor
    # On the replica's device: what comes from outside has none, and fails.
    tensor = tf.identity(tensor)
    gathered = replica.all_gather(tensor, axis=0)
    return tf.ensure_shape(gathered, (None, *tensor.shape[1:]))


def own_rows(whole: Tensor, rows: Tensor) -> Tensor:
    """Returns this replica's rows of a whole batch.

    Args:
        whole: `(rows of all replicas, …)`.
        rows: A tensor with this replica's rows on its first axis.
    """
    if _replica() is None:
        return whole
    known = _known(rows)
    return whole[known.start : known.start + known.here]


def drawn_rows(draw: Callable[[Tensor], Tensor], rows: Tensor) -> Tensor:
    """Returns what is drawn for each row, whatever replica holds it.

    Drawn for the whole batch on each replica, from states that are alike.

    Args:
        draw: Function of the number of rows of the whole batch.
        rows: A tensor with this replica's rows on its first axis.
    """
    if _replica() is None:
        # As it is known, where it is: XLA wants it so.
        return draw(rows.shape[0] or tf.shape(rows)[0])
    return own_rows(draw(_known(rows).total), rows)


def shared_loss(loss: Scalar, rows: Tensor) -> Scalar:
    """Returns what a replica adds to the loss of the whole batch.

    Args:
        loss: A mean over this replica's rows, or the same on all replicas.
        rows: A tensor with this replica's rows on its first axis.
    """
    if _replica() is None:
        return loss
    return loss * _share(rows, loss.dtype)


def whole_mean(mean: Any, rows: Tensor) -> Any:
    """Returns means over the rows of all replicas.

    Gradients pass it.

    Args:
        mean: Means over the rows of this replica: a float tensor, or a list
            or dictionary of them, all of one type.
        rows: A tensor with this replica's rows on its first axis.
    """
    replica = _replica()
    if replica is None or not tf.nest.flatten(mean):
        return mean
    shares = [
        one * _share(rows, one.dtype)
        for one in map(tf.convert_to_tensor, tf.nest.flatten(mean))
    ]
    sums = replica.all_reduce(tf.distribute.ReduceOp.SUM, shares)
    return tf.nest.pack_sequence_as(mean, sums)


def whole_scalars(means: Mapping[str, Scalar], rows: Tensor) -> dict[str, Any]:
    """Returns `whole_mean` of scalars, in one exchange.

    Args:
        means: Name to a mean over this replica's rows.
        rows: A tensor with this replica's rows on its first axis.
    """
    if _replica() is None or not means:
        return dict(means)
    vector = tf.stack([tf.cast(one, tf.float32) for one in means.values()])
    return dict(zip(means, tf.unstack(whole_mean(vector, rows)), strict=True))


def whole_rows(rows: Tensor) -> Tensor:
    """Returns the number of rows of all replicas.

    Args:
        rows: A tensor with this replica's rows on its first axis.
    """
    return tf.shape(rows)[0] if _replica() is None else _known(rows).total


def added_up(value: Tensor) -> Tensor:
    """Returns what a statistic is moved by so that all replicas add up.

    See `layers.statistics`: of what replicas assign the mean is taken.

    Args:
        value: What this replica adds.
    """
    replica = _replica()
    if replica is None:
        return value
    return value * tf.cast(replica.num_replicas_in_sync, value.dtype)


def _replica() -> Any:
    """The replica that is traced; `None` if there is but one, or none."""
    replica = tf.distribute.get_replica_context()
    if replica is None or replica.num_replicas_in_sync == 1:
        return None
    return replica


def _counted(rows: Tensor) -> _Rows:
    replica = _replica()
    here = tf.shape(rows)[0]
    counts = replica.all_gather(here[None], axis=0)
    start = tf.reduce_sum(counts[: replica.replica_id_in_sync_group])
    return _Rows(start, here, tf.reduce_sum(counts))


def _known(rows: Tensor) -> _Rows:
    return getattr(_BATCH, "rows", None) or _counted(rows)


def _share(rows: Tensor, dtype: Any) -> Scalar:
    known = _known(rows)
    here, total = (tf.cast(one, dtype) for one in (known.here, known.total))
    return here / total
