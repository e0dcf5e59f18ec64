"""Several devices or machines: what `fit` checks and hands out to them."""

from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.distribution import (
    check_alike,
    check_batch_sizes,
    of_the_chief,
    replica_batches,
    take_from_chief,
)
from tf_explainer.errors import InputError
from tf_explainer.features.batches import is_batched
from tf_explainer.features.epoch_draws import EpochDraws
from tf_explainer.features.examples import Lessons


def draws_alike(explainer: Any, seed: int | None) -> EpochDraws:
    """Returns what draws in each epoch, the same on all machines.

    Args:
        explainer: An `Explainer`.
        seed: Of all draws; `None` draws one, on the chief.
    """
    draws = EpochDraws(seed)
    (told,) = of_the_chief(explainer.distribute_strategy, [draws.seed])
    draws.seed = int(told)
    return draws


def spread_lessons(
    explainer: Any, lessons: Lessons, batch_size: int | None
) -> Any:
    """Returns what each replica learns from, see `replica_batches`.

    Args:
        explainer: An `Explainer`.
        lessons: What one device would learn from.
        batch_size: Images in a batch; 32 if not given.

    Raises:
        InputError: If a batch is too small, the images are not the same on
            all machines, or the precision needs one device.
    """
    strategy = explainer.distribute_strategy
    if strategy.num_replicas_in_sync == 1:
        return lessons.batches
    _check_precision(explainer, strategy.num_replicas_in_sync)
    kept = lessons.kept
    if kept is not None and not is_batched(kept):
        images = int(kept.cardinality())
        check_batch_sizes(images, batch_size or 32, strategy, "x")
    check_alike(strategy, "The images of `x`", _told_apart(lessons))
    return replica_batches(lessons.batches, strategy)


def _told_apart(lessons: Lessons) -> tuple[float, float]:
    """How many images or batches there are, and what the first is like."""
    seen = lessons.batches if lessons.kept is None else lessons.kept
    first = tf.nest.flatten(next(iter(seen)))[0]
    mean = np.mean(np.abs(np.asarray(first, np.float64)))
    return float(seen.cardinality()), float(mean)


def _check_precision(explainer: Any, replicas: int) -> None:
    # Keras then asks the first replica alone whether its gradients are
    # finite, and each doubles the scale by itself.
    policy = explainer.dtype_policy.name
    if policy == "mixed_float16":
        raise InputError(
            "`dtype` 'mixed_float16' scales its loss on one device alone, "
            f"received it for {replicas}: take 'mixed_bfloat16' or 'float32'."
        )


def _check_scope(name: str, variables: Any) -> None:
    """Refuses variables that each replica would change for itself."""
    kind = tf.distribute.DistributedValues
    if not all(isinstance(one.value, kind) for one in variables):
        raise InputError(
            f"{name} must be made within `strategy.scope()` to learn on "
            "several devices; received one that was made outside."
        )


def check_made_within(explainer: Any) -> None:
    """Refuses what was not made for several devices that shall learn.

    Args:
        explainer: A compiled `Explainer`.

    Raises:
        InputError: If it, or its optimizer, was made outside of the scope.
    """
    if explainer.distribute_strategy.num_replicas_in_sync > 1:
        _check_scope("The explainer", explainer.own_variables)
        _check_scope("`optimizer`", explainer.optimizer.variables)


def check_drawn(explainer: Any, augmentation: Any) -> None:
    """Refuses a layer that would draw other views on each replica.

    Args:
        explainer: An `Explainer`.
        augmentation: What changes target features; `None` for nothing.

    Raises:
        InputError: If it was made outside of the strategy's scope.
    """
    if explainer.distribute_strategy.num_replicas_in_sync > 1:
        states = getattr(augmentation, "variables", ())
        _check_scope("`augmentation`, or `schedule(…)`,", states)


def as_the_chief(explainer: Any) -> None:
    """Gives an explainer the chief's weights, where several machines learn.

    A step keeps them alike; what each machine computes for itself, such as
    what it starts from, may differ in the last digit.

    Args:
        explainer: An `Explainer`; all machines must call this at once.
    """
    take_from_chief(explainer.distribute_strategy, explainer.own_variables)
