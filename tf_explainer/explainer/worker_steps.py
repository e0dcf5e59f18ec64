"""What Keras runs in each step where several machines learn together.

Keras 3.15 reduces what a step tells by an axis that a scalar does not have,
and fails. Here all replicas tell the same, see `steps`, and this machine's
first is read.
"""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from tf_explainer.distribution import (
    across_workers,
    padded_batches,
    replica_batches,
)
from tf_explainer.distribution.replicas import whole_batch
from tf_explainer.errors import InputError
from tf_explainer.explainer.attached_model import AttachedModel


def step_on_workers(
    model: keras.Model, step: Callable[[Any], Any]
) -> Callable[[Any], Any]:
    """Returns what takes the next batch of an iterator and does a step.

    Args:
        model: A compiled model of several machines.
        step: Function of a replica's rows to what all replicas tell alike.

    Raises:
        InputError: If several steps shall be done at once.
    """
    if model.steps_per_execution != 1:
        raise InputError(
            "`steps_per_execution` must be 1 on several machines, received "
            f"{model.steps_per_execution}."
        )
    on_batch = _on_replicas(model, step)

    def on_next(iterator: Any) -> Any:
        # In the graph, where batches of all sizes are of one kind: a graph
        # made anew on one machine alone would not find the others.
        return on_batch(iterator.get_next())

    if not model.run_eagerly:
        on_next = tf.function(on_next, reduce_retracing=True, autograph=False)

    def run(data: Any) -> Any:
        if isinstance(data, tf.distribute.DistributedIterator):
            return on_next(data)
        # Of `train_on_batch`.
        return on_batch(next(data))

    return run


def answer_on_workers(model: keras.Model) -> Callable[[Any], Any]:
    """Returns what answers a batch; all machines get all answers.

    Args:
        model: A model of several machines.
    """

    def answered(batch: Any) -> dict[str, Any]:
        told = model.predict_step(batch)
        return {name: whole_batch(value) for name, value in told.items()}

    run = _on_replicas(model, answered)
    return lambda batches: run(batches[0])


def _on_replicas(
    model: keras.Model, step: Callable[[Any], Any]
) -> Callable[[Any], Any]:
    strategy = model.distribute_strategy

    def run(batch: Any) -> Any:
        told = strategy.run(step, args=(batch,))
        return tf.nest.map_structure(
            lambda one: strategy.experimental_local_results(one)[0], told
        )

    if model.run_eagerly:
        return run
    return tf.function(run, reduce_retracing=True, autograph=False)


class WorkerSteps(AttachedModel):
    """An attached model that Keras can train on several machines."""

    train_function: Any
    test_function: Any
    predict_function: Any

    def make_train_function(self, force: bool = False) -> Any:
        if not across_workers(self.distribute_strategy):
            return super().make_train_function(force)
        if force or self.train_function is None:
            self.train_function = step_on_workers(self, self.train_step)
        return self.train_function

    def make_test_function(self, force: bool = False) -> Any:
        if not across_workers(self.distribute_strategy):
            return super().make_test_function(force)
        if force or self.test_function is None:
            self.test_function = step_on_workers(self, self.test_step)
        return self.test_function

    def make_predict_function(self, force: bool = False) -> Any:
        if not across_workers(self.distribute_strategy):
            return super().make_predict_function(force)
        if force or self.predict_function is None:
            self.predict_function = answer_on_workers(self)
        return self.predict_function

    def get_metrics_result(self) -> dict[str, Any]:
        if not across_workers(self.distribute_strategy):
            return super().get_metrics_result()
        # What a step tells is of all replicas already, and stands. To read
        # each metric would ask all machines, one by one.
        return {}

    def _maybe_symbolic_build(self, **_: Any) -> None:
        # All layers are built when an explainer is made. Keras would read a
        # batch of each replica, and fail on several machines.
        return

    def _spread_images(self, images: Any) -> Any:
        """Images for all replicas, beside whether each one is asked for."""
        strategy = self.distribute_strategy
        if strategy.num_replicas_in_sync == 1:
            return images
        padded = padded_batches(images, strategy.num_replicas_in_sync)
        return replica_batches(padded, strategy)
