"""The readers of image files: of a folder, of a server, of single files."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets.encoded_images import read_image
from tf_explainer.datasets.encoded_images.eager import as_function, run_reader
from tf_explainer.explainer.image_files import file_reader
from tf_explainer.export.served import _read_all


@functools.cache
def _server(side, channels, turns):
    shape = (side, side, channels)
    return tf.function(
        lambda files: _read_all(files, shape, turns),
        input_signature=[tf.TensorSpec((None,), tf.string)],
        autograph=False,
    )


@functools.cache
def _trained(side, turns):
    return as_function(lambda data: read_image(data, side, side, turns))


@pytest.fixture
def served():
    """Reader of `explain_bytes`: files in, float images out."""

    def read(files, side=16, channels=3, turns=False):
        answer = _server(side, channels, turns)(tf.constant(files))
        return answer.numpy()

    return read


@pytest.fixture
def read_by_both(tmp_path, served):
    """Reads one file both ways, which must agree to the last digit."""

    def read(content, side=16, turns=False):
        path = tmp_path / "image"
        path.write_bytes(content)
        trained = run_reader(_trained(side, turns), path)
        (answer,) = served([content], side, turns=turns)
        np.testing.assert_array_equal(answer, trained)
        alone = file_reader((side, side, 3), turns)(path)
        np.testing.assert_array_equal(alone, trained)
        return trained

    return read


@pytest.fixture
def refused_by_both(tmp_path, served):
    """Hands a file to both, which must refuse it for the same reason."""

    def refuse(content, side=16):
        path = tmp_path / "image"
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"\w") as trained:
            run_reader(_trained(side, False), path)
        with pytest.raises(tf.errors.InvalidArgumentError) as answered:
            served([content], side)
        reason = str(trained.value)
        assert f"image 0: {reason}" in str(answered.value)
        assert file_reader((side, side, 3))(path) == reason
        return reason

    return refuse
