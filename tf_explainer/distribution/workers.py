"""Several machines: who is the chief, and what all must have alike."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.errors import InputError


def across_workers(strategy: tf.distribute.Strategy) -> bool:
    """Whether a strategy trains in several processes.

    Args:
        strategy: Of a model.
    """
    resolver = strategy.cluster_resolver
    if strategy.num_replicas_in_sync == 1 or resolver is None:
        return False
    workers = resolver.cluster_spec().as_dict()
    return sum(map(len, workers.values())) > 1


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Whether this process is the one that writes.

    Args:
        strategy: Of a model.
    """
    if not across_workers(strategy):
        return True
    resolver = strategy.cluster_resolver
    kind, number = resolver.task_type, resolver.task_id
    has_chief = "chief" in resolver.cluster_spec().jobs
    return kind == "chief" or (not has_chief and number == 0)


def of_the_chief(
    strategy: tf.distribute.Strategy, values: Sequence[Any]
) -> list[np.ndarray]:
    """Returns the chief's values on all machines; all must ask at once.

    Args:
        strategy: Of a model.
        values: Numbers or arrays, of the same shapes and types everywhere.
    """
    arrays = [np.asarray(value) for value in values]
    if not (arrays and across_workers(strategy)):
        return arrays
    # In one exchange. Whole numbers below 2^53 pass as they are.
    flat = np.concatenate([one.astype(np.float64).ravel() for one in arrays])
    told = _summed(
        strategy, flat if is_chief(strategy) else np.zeros_like(flat)
    )
    ends = np.cumsum([one.size for one in arrays])[:-1]
    return [
        piece.reshape(one.shape).astype(one.dtype)
        for piece, one in zip(np.split(told, ends), arrays, strict=True)
    ]


def _summed(strategy: tf.distribute.Strategy, values: np.ndarray) -> np.ndarray:
    """What all machines told, added up."""

    of_all = _exchange(strategy)(tf.constant(values))
    # One replica a machine speaks for it.
    (first, *others) = strategy.experimental_local_results(of_all)
    return first.numpy() / (1 + len(others))


@functools.lru_cache(maxsize=2)
def _exchange(strategy: tf.distribute.Strategy) -> Any:
    # Traced once: eagerly TensorFlow warns of it, each time.
    @tf.function(
        autograph=False, input_signature=[tf.TensorSpec((None,), tf.float64)]
    )
    def told(own: Any) -> Any:
        return strategy.run(_added, args=(own,))

    return told


def take_from_chief(
    strategy: tf.distribute.Strategy, variables: Sequence[Any]
) -> None:
    """Gives variables the chief's values; all must ask at once.

    What each machine computes for itself may differ in the last digit.

    Args:
        strategy: Of a model.
        variables: Of this process.
    """
    if not across_workers(strategy):
        return
    values = of_the_chief(strategy, [np.asarray(one) for one in variables])
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def check_alike(
    strategy: tf.distribute.Strategy, name: str, told: Sequence[float]
) -> None:
    """Refuses data that are not the same on all machines.

    Args:
        strategy: Of a model.
        name: What they are, for messages.
        told: Numbers that tell others apart, such as how many there are;
            they may differ by a thousandth.

    Raises:
        InputError: If they differ from the chief's.
    """
    own = np.asarray(told, np.float64)
    (chief,) = of_the_chief(strategy, [own])
    same = np.allclose(own, chief, rtol=1e-3)
    if not all_say_yes(strategy, same):
        raise InputError(
            f"{name} must be the same on all machines, received "
            f"{_words(own)} here and {_words(chief)} at the chief."
        )


def all_say_yes(strategy: tf.distribute.Strategy, yes: bool) -> bool:
    """Whether all machines say so; all must ask at once.

    Args:
        strategy: Of a model.
        yes: What this one says.
    """
    if not across_workers(strategy):
        return yes
    return not _summed(strategy, np.array([0.0 if yes else 1.0])).any()


def _added(value: Any) -> Any:
    replica = tf.distribute.get_replica_context()
    # On the replica's device: a tensor from outside has none, and fails.
    own = tf.identity(value)
    return replica.all_reduce(tf.distribute.ReduceOp.SUM, own)


def _words(numbers: np.ndarray) -> str:
    return ", ".join(f"{number:.6g}" for number in numbers)
