"""The profile of a step: which operations it names."""

import pytest
import tensorflow as tf


@pytest.fixture(scope="module")
def script(load_script):
    """The script as a module."""
    return load_script("profile_step")


def test_operations_are_told_by_kind(script):
    """A product of matrices takes most of a product of matrices."""
    one = tf.random.normal((300, 300))
    step = tf.function(lambda: tf.nn.relu(one @ one))
    kinds = script.profiled(step)
    assert any("MatMul" in kind for kind in kinds)
    assert not {*kinds} & {*script._CALLERS}
    text = script.page({"both": kinds}, "none")
    assert "## both: " in text and "MatMul" in text
