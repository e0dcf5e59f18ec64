"""Each replica gets its rows of each batch, and views stay together."""

import types

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.distribution import check_batch_sizes
from tf_explainer.distribution.batches import _rows_of, padded_batches
from tf_explainer.errors import InputError


def _parts(batch, replicas=2):
    """What the replicas of one machine get."""
    elements = _rows_of((batch,), range(replicas), replicas)
    return [tf.nest.map_structure(np.asarray, element) for element in elements]


def test_rows_are_parted_in_order():
    """Seven images for three replicas: 2, 2 and 3, all of them."""
    parts = _parts(tf.range(7), replicas=3)
    assert [len(part) for part in parts] == [2, 2, 3]
    np.testing.assert_array_equal(np.concatenate(parts), np.arange(7))


def test_views_of_an_image_stay_together():
    """Five pairs, ten rows: 4 and 6."""
    rows = tf.range(10)
    parts = _parts({"target": rows, "frames": rows})
    assert [list(part["target"]) for part in parts] == [
        [0, 1, 2, 3],
        [4, 5, 6, 7, 8, 9],
    ]


def test_a_batch_too_small_is_refused_while_it_is_read():
    """Data of unknown length are not counted before."""
    with pytest.raises(tf.errors.InvalidArgumentError, match="`batch_size`"):
        _parts(tf.range(1))


@pytest.mark.parametrize(("images", "batch_size"), [(9, 4), (1, 4), (4, 1)])
def test_batch_sizes_that_leave_a_device_without_an_image(images, batch_size):
    """One line says what to do."""
    strategy = types.SimpleNamespace(num_replicas_in_sync=2)
    with pytest.raises(InputError, match="`batch_size`.*choose another"):
        check_batch_sizes(images, batch_size, strategy, "x")


@pytest.mark.parametrize(("images", "batch_size"), [(8, 4), (10, 4), (-2, 4)])
def test_batch_sizes_that_fit(images, batch_size):
    """The number of images may be unknown."""
    strategy = types.SimpleNamespace(num_replicas_in_sync=2)
    check_batch_sizes(images, batch_size, strategy, "x")


def test_images_are_repeated_where_there_are_too_few():
    """And marked as such."""
    images = tf.data.Dataset.from_tensors(np.full((1, 2, 2, 3), 5.0))
    pixels, real = next(iter(padded_batches(images, 3)))
    np.testing.assert_array_equal(pixels, np.full((3, 2, 2, 3), 5.0))
    np.testing.assert_array_equal(real, [1, 0, 0])
