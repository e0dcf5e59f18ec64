"""As many of each category, none of the images held out."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartSplit
from tf_explainer.features.epoch_draws import EpochDraws
from tf_explainer.training.fine_tuning import BalancedImages

COUNTS = (40, 10, 5)


def numbered(counts=COUNTS):
    """Returns a split whose images hold their own number in each pixel."""
    labels = np.repeat(np.arange(len(counts)), counts)
    total = len(labels)
    images = np.tile(
        np.arange(total, dtype="uint8")[:, None, None, None], (1, 4, 4, 3)
    )
    images[:, :, 0] += 100
    return PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=labels.astype("int32"),
        landmarks=np.zeros((total, 0, 2), "float32"),
        files=tuple(map(str, range(total))),
    )


def seen(data):
    """Returns image numbers, labels, whether mirrored, and batch sizes."""
    numbers, labels, mirrored, sizes = [], [], [], []
    for images, one_hot, *_ in data:
        numbers += images[:, 1, 1, 0].numpy().astype(int).tolist()
        labels += one_hot.numpy().argmax(-1).tolist()
        mirrored += (images[:, 0, -1, 0] >= 100).numpy().tolist()
        sizes.append(len(images))
    return np.array(numbers), np.array(labels), np.array(mirrored), sizes


def test_epoch_is_balanced():
    """15 of each of three categories (44 images not held out)."""
    images = BalancedImages(numbered(), 3)
    data = images.training(8)
    numbers, labels, mirrored, sizes = seen(data)
    assert len(data) == len(sizes) == 6 and len(images) == 45
    assert np.bincount(labels).tolist() == [15, 15, 15]
    np.testing.assert_array_equal(labels, numbered().labels[numbers])
    # No image of the large category twice, each of the small ones about as
    # often as any other.
    assert np.bincount(numbers)[:40].max() == 1
    held = images.held_out
    shown = np.bincount(numbers, minlength=55)
    assert set(shown[40:50][~held[40:50]]) == {1, 2}
    assert set(shown[50:][~held[50:]]) == {3, 4}
    assert 0.2 < mirrored.mean() < 0.8


def test_held_out_is_a_fifth_and_never_trained_on():
    """8 of 40, 2 of 10, 1 of 5; all of them in the validation part."""
    images = BalancedImages(numbered(), 3)
    held = images.held_out
    np.testing.assert_array_equal(held, images.held_out)
    assert np.bincount(numbered().labels[held]).tolist() == [8, 2, 1]
    numbers, *_ = seen(images.training(8))
    assert not held[numbers].any()
    numbers, _, mirrored, _ = seen(images.validation(4))
    np.testing.assert_array_equal(np.sort(numbers), np.flatnonzero(held))
    assert not mirrored.any()


def test_validation_weighs_categories_alike():
    """The weights of each category add up to a third of the images."""
    total = np.zeros(3)
    for _, labels, weights in BalancedImages(numbered(), 3).validation(4):
        total += (labels.numpy() * weights.numpy()[:, None]).sum(0)
    np.testing.assert_allclose(total, np.full(3, 11 / 3), rtol=1e-5)


def test_epochs_differ_and_repeat_for_a_seed():
    """An interrupted training draws what it would have drawn."""
    draws = EpochDraws(1)
    data = BalancedImages(numbered(), 3, draws=draws).training(64)
    first = seen(data)
    draws.on_epoch_begin(1)
    second = seen(data)
    assert set(first[0]) != set(second[0])
    later = EpochDraws(1)
    again = BalancedImages(numbered(), 3, draws=later).training(64)
    later.on_epoch_begin(1)
    for value, expected in zip(seen(again), second, strict=True):
        np.testing.assert_array_equal(value, expected)


@pytest.mark.parametrize("counts", [(1, 1), (3, 0, 1)])
def test_categories_too_small_to_part(counts):
    """A single image is trained on, not held out."""
    images = BalancedImages(numbered(counts), len(counts))
    assert images.held_out.sum() == sum(count > 1 for count in counts)
    assert (images.validation(2) is None) == (max(counts) == 1)
    assert len(seen(images.training(2))[0]) == len(images)
