"""A training that was stopped in every epoch equals one that was not."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.config.schedule import Schedule
from tf_explainer.datasets.part_dataset import PartSplit
from tf_explainer.explainer import Explainer
from tf_explainer.losses import FILTER_LOSSES
from tf_explainer.testing import toy_images, toy_performer
from tf_explainer.training import train_explainer

EPOCHS = 3


def _dataset():
    images = toy_images(6).astype("uint8")
    split = PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=np.arange(6, dtype="int32") % 3,
        landmarks=np.zeros((6, 0, 2), "float32"),
        files=tuple("abcdef"),
    )
    return types.SimpleNamespace(splits={"train": split})


def _train(folder, stop=(), **settings):
    # Whatever was drawn before must not matter.
    keras.utils.set_random_seed(1 + sum(one.epoch + 1 for one in stop))
    performer = toy_performer()
    explainer = Explainer.from_performer(performer, **settings)
    schedule = Schedule(
        epochs=EPOCHS,
        learning_epochs=1,
        views=2 if explainer.examples.paired else 0,
        stray_limit=0.3,
        preset=explainer.settings.preset,
    )
    history = train_explainer(
        explainer,
        _dataset(),
        batch_size=4,
        seed=3,
        schedule=schedule,
        backup_dir=folder,
        callbacks=stop,
    )
    return explainer, history


_LOSSES = [{"filter_loss": name} for name in FILTER_LOSSES.names()]


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [*_LOSSES, {"variant": "explainer_cls"}, {"parts": 4}],
    ids=lambda settings: next(iter(settings.values())),
)
def test_stopped_in_every_epoch(tmp_path, stop_in, settings):
    """Weights and history are equal to the last bit."""
    whole, expected = _train(tmp_path / "whole", **settings)
    for epoch in range(EPOCHS):
        with pytest.raises(KeyboardInterrupt):
            _train(tmp_path / "stopped", [stop_in(epoch)], **settings)
    resumed, history = _train(tmp_path / "stopped", **settings)
    assert history == expected
    for value, other in zip(resumed.weights, whole.weights, strict=True):
        np.testing.assert_array_equal(value, other, err_msg=value.path)


@pytest.mark.parametrize("settings", [{"parts": 4}, {"preset": "filters"}])
def test_stopped_behind_the_last_epoch(tmp_path, settings):
    """Killed while it was saved: parts that stand still are not placed anew."""
    whole, expected = _train(tmp_path, **settings)
    resumed, history = _train(tmp_path, **settings)
    assert history == expected
    for value, other in zip(resumed.weights, whole.weights, strict=True):
        np.testing.assert_array_equal(value, other, err_msg=value.path)
