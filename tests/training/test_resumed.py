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


def _cases():
    """Yields settings, and whether graphs are made, which takes long."""
    quick = [{"parts": 4}]
    losses = ({"filter_loss": name} for name in FILTER_LOSSES.names())
    whole = [*losses, {"variant": "explainer_cls"}, {"parts": 4}]
    for graphs, cases in ((False, quick), (True, whole)):
        for settings in cases:
            marks = [pytest.mark.slow] if graphs else []
            name = f"{next(iter(settings.values()))}-{graphs}"
            yield pytest.param(settings, graphs, marks=marks, id=name)


@pytest.mark.parametrize(("settings", "graphs"), list(_cases()))
def test_stopped_in_every_epoch(tmp_path, stop_in, settings, graphs, request):
    """Weights and history are equal to the last bit."""
    if not graphs:
        request.getfixturevalue("eagerly")
    whole, expected = _train(tmp_path / "whole", **settings)
    # The first that is frozen, and one behind it; the slow test: each.
    for epoch in range(0 if graphs else 1, EPOCHS):
        with pytest.raises(KeyboardInterrupt):
            _train(tmp_path / "stopped", [stop_in(epoch)], **settings)
    resumed, history = _train(tmp_path / "stopped", **settings)
    assert history == expected
    for value, other in zip(resumed.weights, whole.weights, strict=True):
        np.testing.assert_array_equal(value, other, err_msg=value.path)
