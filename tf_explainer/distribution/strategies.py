"""`tf.distribute` strategies by name, and machines that are gone."""

import contextlib
from collections.abc import Iterator

import tensorflow as tf

from tf_explainer.config.cluster import told_task
from tf_explainer.distribution.workers import across_workers
from tf_explainer.errors import InputError

# Of a machine without a GPU.
HALVES = 2


def open_strategy(name: str) -> tf.distribute.Strategy:
    """Returns a new strategy; before anything is computed in the process.

    `mirrored` takes all GPUs of this machine, or, where there is none, two
    logical devices of its CPU. `multiworker` waits until all machines that
    TF_CONFIG names are there.

    Args:
        name: `none`, `mirrored` or `multiworker`.

    Raises:
        InputError: If TF_CONFIG does not fit, or a machine does not come.
    """
    if name == "none":
        return tf.distribute.get_strategy()
    if name == "mirrored":
        return _mirrored()
    task = told_task()
    try:
        return tf.distribute.MultiWorkerMirroredStrategy()
    except tf.errors.OpError as error:
        raise InputError(
            f"`--strategy multiworker` did not find all {task.machines} "
            f"machines of TF_CONFIG: {error.message.splitlines()[0]}"
        ) from error


def _mirrored() -> tf.distribute.Strategy:
    if tf.config.list_physical_devices("GPU"):
        return tf.distribute.MirroredStrategy()
    cpu = tf.config.list_physical_devices("CPU")[0]
    try:
        part = tf.config.LogicalDeviceConfiguration()
        tf.config.set_logical_device_configuration(cpu, [part] * HALVES)
    except RuntimeError:
        # TensorFlow has begun; what it has is taken.
        pass
    halves = [one.name for one in tf.config.list_logical_devices("CPU")]
    if len(halves) < HALVES:
        raise InputError(
            "`strategy` 'mirrored' needs a GPU, or a process in which "
            "TensorFlow has computed nothing yet; received one CPU."
        )
    return tf.distribute.MirroredStrategy(halves)


@contextlib.contextmanager
def told_if_lost(strategy: tf.distribute.Strategy) -> Iterator[None]:
    """Says so where another machine ended in the middle of the work.

    Args:
        strategy: Of the work.

    Raises:
        InputError: In place of TensorFlow's error.
    """
    try:
        yield
    except (
        tf.errors.UnavailableError,
        tf.errors.AbortedError,
        tf.errors.CancelledError,
        tf.errors.DeadlineExceededError,
        tf.errors.InternalError,
    ) as error:
        if not across_workers(strategy):
            raise
        raise InputError(
            "`--strategy multiworker`: another machine has ended, see what "
            "it said; then give the same command with --resume on all of them."
        ) from error
