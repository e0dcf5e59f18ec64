"""Batches for several replicas: each gets its rows of every batch."""

from typing import Any

import tensorflow as tf

from tf_explainer.errors import InputError


def replica_batches(
    batches: tf.data.Dataset, strategy: tf.distribute.Strategy
) -> Any:
    """Returns batches of which each replica of a strategy gets its rows.

    All machines read the same batches and keep their own rows, so that a step
    sees what it would see on one device. The two views of an image stay
    together. Rows need not divide: one replica may hold an image more.

    Args:
        batches: Batches of images or features, the same on all machines.
        strategy: Of the model that reads them.

    Returns:
        The batches themselves for one replica; else a
        `tf.distribute.DistributedDataset`.
    """
    replicas = strategy.num_replicas_in_sync
    if replicas == 1:
        return batches

    def of_worker(context: tf.distribute.InputContext) -> tf.data.Dataset:
        local = replicas // context.num_input_pipelines
        first = context.input_pipeline_id * local
        own = range(first, first + local)
        return batches.flat_map(
            lambda *batch: _rows_of(batch, own, replicas)
        ).prefetch(2 * local)

    spread = strategy.distribute_datasets_from_function(of_worker)
    # Keras counts steps; TensorFlow counts what one machine's replicas get.
    spread._cardinality = int(batches.cardinality())
    return spread


def check_batch_sizes(
    images: int, batch_size: int, strategy: tf.distribute.Strategy, name: str
) -> None:
    """Refuses batches of fewer images than there are replicas.

    Args:
        images: How many there are; below 0 if it is not known.
        batch_size: Images in a batch; the last one may be smaller.
        strategy: Who learns from them.
        name: The argument that the images are, for messages.

    Raises:
        InputError: If a batch has fewer images.
    """
    replicas = strategy.num_replicas_in_sync
    least = min(batch_size, images % batch_size or batch_size)
    if images >= 0 and least < replicas:
        raise InputError(
            f"`batch_size` {batch_size} leaves a batch of {least} of the "
            f"{images} images of `{name}`, and each of the {replicas} devices "
            "needs one: choose another."
        )


def padded_batches(batches: tf.data.Dataset, replicas: int) -> tf.data.Dataset:
    """Returns batches of images that give each replica at least one.

    Args:
        batches: Batches of images.
        replicas: How many there are.

    Returns:
        Pairs of images, the first one repeated where there are too few, and
        a float `(batch,)`, 1 for those that are not repeated.
    """

    def padded(images: Any) -> tuple[Any, Any]:
        count = tf.shape(images)[0]
        lacking = tf.maximum(replicas - count, 0)
        more = tf.repeat(images[:1], lacking, axis=0)
        real = tf.concat([tf.ones(count), tf.zeros(lacking)], axis=0)
        return tf.concat([images, more], axis=0), real

    return batches.map(padded)


def _rows_of(batch: Any, own: range, replicas: int) -> tf.data.Dataset:
    """One element for each of a machine's replicas."""
    batch = batch if len(batch) > 1 else batch[0]
    tensors = tf.nest.flatten(batch)
    # Views of one image are not parted.
    pairs = isinstance(batch, dict) and {"target", "frames"} <= set(batch)
    each = 2 if pairs else 1
    images = tf.shape(tensors[0])[0] // each
    enough = tf.debugging.Assert(
        images >= replicas,
        [
            "`batch_size` leaves a batch of fewer images than the "
            f"{replicas} devices, of which each needs one: choose another."
        ],
    )
    with tf.control_dependencies([enough]):
        bounds = each * (images * tf.range(replicas + 1) // replicas)
    elements = [
        tf.data.Dataset.from_tensors(
            tf.nest.map_structure(
                lambda one, r=replica: one[bounds[r] : bounds[r + 1]], batch
            )
        )
        for replica in own
    ]
    joined = elements[0]
    for one in elements[1:]:
        joined = joined.concatenate(one)
    return joined
