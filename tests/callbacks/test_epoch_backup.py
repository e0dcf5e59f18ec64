"""Training goes on from the last epoch that was finished."""

import sys

import keras
import numpy as np
import pytest

from tf_explainer.callbacks import backup as epoch_backup
from tf_explainer.callbacks.backup import EpochBackup

EPOCHS = 4


def _fit(folder, *callbacks):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="mse")
    x = np.random.default_rng(0).random((16, 3))
    backup = EpochBackup(folder)
    model.fit(
        x,
        x[:, :2],
        batch_size=4,
        epochs=EPOCHS,
        initial_epoch=backup.epoch,
        shuffle=False,
        verbose=0,
        callbacks=[*callbacks, backup],
    )
    return model, backup


class _Stop(keras.callbacks.Callback):
    """Ctrl-C in the middle of the third epoch."""

    def on_train_batch_end(self, batch, logs=None):
        if self.model.optimizer.iterations == 10:
            raise KeyboardInterrupt


def test_interrupted_training_equals_a_whole_one(tmp_path):
    """Weights and optimizer are restored: the numbers are the same."""
    whole, one = _fit(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        _fit(tmp_path / "stopped", _Stop())
    assert EpochBackup(tmp_path / "stopped").epoch == 2
    resumed, two = _fit(tmp_path / "stopped")
    for a, b in zip(whole.weights, resumed.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    np.testing.assert_allclose(
        one.history["loss"], two.history["loss"], rtol=1e-6
    )
    assert len(two.history["loss"]) == EPOCHS


def test_ctrl_c_while_writing_keeps_the_epoch_before(tmp_path, monkeypatch):
    """Half a backup never takes the place of a whole one."""
    save, written = np.savez, []

    def cut_short(path, *arrays):
        save(path, *arrays)
        written.append(path)
        if len(written) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", cut_short)
    with pytest.raises(KeyboardInterrupt):
        _fit(tmp_path)
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["epoch-00002"]
    assert _fit(tmp_path)[1].epoch == EPOCHS


def test_finished_training_is_not_repeated(tmp_path):
    """Called again after the last epoch, it only restores."""
    first, one = _fit(tmp_path)
    again, two = _fit(tmp_path)
    np.testing.assert_array_equal(first.weights[0], again.weights[0])
    assert one.history == two.history


def test_only_the_last_epoch_is_kept(tmp_path):
    """The disk does not fill up with old epochs."""
    _fit(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["epoch-00004"]


def test_writing_takes_a_tenth_of_the_time(tmp_path, monkeypatch):
    """Short epochs of a large model are not all written; the last one is."""
    now, written = [0.0], []

    def slow(path, *arrays):
        now[0] += 5.0
        written.append(path)
        save(path, *arrays)

    class Epoch(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            now[0] += 20.0

    save = np.savez
    monkeypatch.setattr(np, "savez", slow)
    monkeypatch.setattr(epoch_backup.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(sys.modules[__name__], "EPOCHS", 6)
    _fit(tmp_path, Epoch())
    # 5 s each, so one in 50 s: after the first, the fourth and, at the end,
    # the sixth.
    assert len(written) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["epoch-00006"]
    assert _fit(tmp_path)[1].epoch == 6


def test_nothing_yet(tmp_path):
    """An empty or missing folder means to begin."""
    backup = EpochBackup(tmp_path / "none")
    assert (backup.epoch, backup.history) == (0, {})


def test_low_precision_is_restored(tmp_path):
    """A bfloat16 model, whose type NumPy's files do not know, comes back."""
    keras.config.set_dtype_policy("bfloat16")
    try:
        first, _ = _fit(tmp_path)
        again, _ = _fit(tmp_path)
    finally:
        keras.config.set_dtype_policy("float32")
    for a, b in zip(first.weights, again.weights, strict=True):
        assert b.dtype == "bfloat16"
        np.testing.assert_array_equal(
            keras.ops.cast(a, "float32"), keras.ops.cast(b, "float32")
        )


def test_without_a_folder_only_logs_are_kept():
    """The same code serves a training that nobody will go on with."""
    _, backup = _fit(None)
    assert backup.epoch == EPOCHS
    assert len(backup.history["loss"]) == EPOCHS
