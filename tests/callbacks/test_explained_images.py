"""Pictures of explained images in TensorBoard's files."""

import keras
import pytest
import tensorflow as tf

from tf_explainer.callbacks import ExplainedImages
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer


def _images_in(folder):
    """(tag, step) of every image that is written."""
    found = []
    for path in folder.rglob("events*"):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                png = value.tensor.string_val[2]
                assert png[1:4] == b"PNG"
                found.append((value.tag, event.step))
    return sorted(found)


def test_every_other_epoch_and_the_last(tmp_path):
    """One picture an image."""
    explainer = Explainer.from_performer(toy_performer(), parts=2)
    explainer.calibrate(toy_images())
    callback = ExplainedImages(tmp_path, toy_images(2), every=2)
    callback.set_model(explainer)
    callback.set_params({"epochs": 5})
    for epoch in range(5):
        callback.on_epoch_end(epoch)
    assert _images_in(tmp_path) == [
        (f"image {index}", step) for index in (0, 1) for step in (1, 3, 4)
    ]
    assert isinstance(callback, keras.callbacks.Callback)


def test_refuses_no_epochs(tmp_path):
    """The message names the number."""
    with pytest.raises(InputError, match="received 0"):
        ExplainedImages(tmp_path, toy_images(1), every=0)
