"""Features that one process makes and others read."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.errors import InputError
from tf_explainer.features.shared_features import (
    SharedFeatures,
    performer_digest,
)
from tf_explainer.testing import toy_performer

FACTS = {"images": ["a", "b"], "numbers": [8, 0]}


def _features(count=70):
    target = np.arange(count * 12, dtype=np.float16).reshape(count, 2, 2, 3)
    return tf.data.Dataset.from_tensor_slices(
        {"target": target, "scores": np.arange(count, dtype=np.float32)}
    )


def _values(features):
    return [one["scores"] for one in features.as_numpy_iterator()]


def _never():
    raise AssertionError("features were computed")


def test_read_by_another_process(tmp_path):
    """The same, in the same order, with their types; nothing is computed."""
    made = SharedFeatures(tmp_path).of("train", FACTS, _features)
    read = SharedFeatures(tmp_path, computes=False).of("train", FACTS, _never)
    for found in (
        made,
        read,
        SharedFeatures(tmp_path).of("train", FACTS, _never),
    ):
        assert found.element_spec == _features().element_spec
        assert int(found.cardinality()) == 70
        assert _values(found) == [*range(70)]


def test_more_than_the_memory_stays_on_the_disk(tmp_path):
    """It is read again in each epoch, with the same values."""
    shared = SharedFeatures(tmp_path, memory_limit=0)
    found = shared.of("train", FACTS, _features)
    assert _values(found) == _values(found) == [*range(70)]


def test_what_is_missing_is_not_computed_by_a_worker(tmp_path):
    """It says whose task that is."""
    with pytest.raises(InputError, match="begin the chief"):
        SharedFeatures(tmp_path, computes=False).of("train", FACTS, _never)


def test_those_of_other_images_are_refused(tmp_path):
    """A worker stops, and who may computes them anew."""
    SharedFeatures(tmp_path).of("train", FACTS, _features)
    other = {**FACTS, "images": ["a", "c"]}
    with pytest.raises(InputError, match="not those of which"):
        SharedFeatures(tmp_path, computes=False).of("train", other, _never)
    anew = SharedFeatures(tmp_path).of("train", other, lambda: _features(9))
    assert _values(anew) == [*range(9)]


def test_half_written_ones_do_not_count(tmp_path):
    """A process that was killed leaves nothing that is read."""

    def killed():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        SharedFeatures(tmp_path).of("train", FACTS, killed)
    assert _values(SharedFeatures(tmp_path).of("train", FACTS, _features))


def test_features_that_are_not_kept_are_refused(tmp_path):
    """Of those that are computed in each epoch nobody knows the number."""
    endless = _features().filter(lambda one: True)
    with pytest.raises(InputError, match="too many to be kept"):
        SharedFeatures(tmp_path).of("train", FACTS, lambda: endless)


def test_performers_are_told_apart():
    """By one weight, too."""
    one, other = toy_performer(), toy_performer()
    other.set_weights(one.get_weights())
    other_weights = [*other.get_weights()]
    assert performer_digest(one) == performer_digest(one)
    other_weights[-1] = other_weights[-1] + 1e-3
    other.set_weights(other_weights)
    assert performer_digest(one) != performer_digest(other)
