"""A performer whose training was stopped in every epoch is the same one."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartDataset, PartSplit
from tf_explainer.training.fine_tuning import fine_tune
from tf_explainer.training.performers import train_performer

EPOCHS = 2


def _dataset(size):
    random = np.random.default_rng(0)
    images = random.integers(0, 255, (14, size, size, 3)).astype("uint8")
    split = PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=(np.arange(14) % 3 == 0).astype("int32"),
        landmarks=np.zeros((14, 0, 2), "float32"),
        files=tuple(map(str, range(14))),
    )
    return PartDataset("made", ("a", "b"), (), {"train": split})


KINDS = {
    "small_cnn": (train_performer, 32, {"width": 4, "units": 8}),
    "mobilenet": (train_performer, 64, {"backbone": "mobilenet", "units": 8}),
    "vgg_s": (
        fine_tune,
        67,
        {"backbone": "vgg_s", "width": 4, "units": 8, "dropout": 0.5},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["small_cnn", "mobilenet", "vgg_s"])
def test_stopped_in_every_epoch(tmp_path, stop_in, kind):
    """Weights and history are equal to the last bit."""
    train, size, build = KINDS[kind]

    def run(folder, *callbacks):
        return train(
            _dataset(size),
            epochs=EPOCHS,
            batch_size=4,
            seed=5,
            backup_dir=tmp_path / folder,
            callbacks=callbacks,
            **build,
        )

    whole, expected = run("whole")
    for epoch in range(EPOCHS):
        with pytest.raises(KeyboardInterrupt):
            run("stopped", stop_in(epoch))
    resumed, history = run("stopped")
    assert history == expected
    for value, other in zip(resumed.weights, whole.weights, strict=True):
        np.testing.assert_array_equal(value, other, err_msg=value.path)
