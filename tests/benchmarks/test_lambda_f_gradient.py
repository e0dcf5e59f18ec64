"""The filter loss whose gradient is looked at has one."""

import re
import types

import pytest
import tensorflow as tf

from tf_explainer.testing import toy_images, toy_performer


@pytest.mark.usefixtures("eagerly")
def test_the_upper_loss_adds_something(monkeypatch, capsys, load_script):
    """On toy images, too; a ratio of 1 would mean that nothing was added."""
    module = load_script("lambda_f_gradient")
    images = tf.data.Dataset.from_tensor_slices(toy_images(16)).batch(8)
    split = types.SimpleNamespace(batches=lambda size: images)
    data = types.SimpleNamespace(splits={"train": split})
    monkeypatch.setattr(module, "open_dataset", lambda *_, **__: data)
    performer = toy_performer(), {}
    monkeypatch.setattr(module, "train_performer", lambda *_, **__: performer)
    module.main(["--epochs", "1"])
    (median,) = re.findall(r"median ([\d.]+)", capsys.readouterr().out)
    assert float(median) != 1
