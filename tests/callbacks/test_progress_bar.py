"""Training progress in a terminal and in a log file."""

import io

import keras
import numpy as np
from rich.console import Console

from tf_explainer.callbacks.progress_bar import ProgressBar
from tf_explainer.features.cache import tell_features


def _fit(console, epochs=3, initial_epoch=0):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    bar = ProgressBar("explainer", console)
    model.fit(
        np.ones((8, 2)),
        np.ones((8, 1)),
        batch_size=4,
        epochs=epochs,
        initial_epoch=initial_epoch,
        callbacks=[bar],
        verbose=0,
    )
    return bar


def test_log_file_gets_one_line_an_epoch():
    """No control characters, and the numbers of each epoch."""
    file = io.StringIO()
    _fit(Console(file=file, width=80))
    lines = file.getvalue().splitlines()
    assert len(lines) == 3
    for number, line in enumerate(lines, start=1):
        assert f"explainer: epoch {number}/3  loss " in line
        assert "\x1b" not in line


def test_resumed_fit_goes_on_counting():
    """The epochs of an earlier attempt are not counted again."""
    file = io.StringIO()
    _fit(Console(file=file, width=80), epochs=3, initial_epoch=2)
    assert "epoch 3/3" in file.getvalue()
    assert "epoch 1/3" not in file.getvalue()


def test_terminal_gets_a_bar_that_goes_away():
    """The bar tells epoch and loss, and gives the cursor back."""
    file = io.StringIO()
    console = Console(file=file, width=120, force_terminal=True)
    _fit(console)
    shown = file.getvalue()
    assert "explainer" in shown
    assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l")


def test_bar_ends_when_training_is_interrupted():
    """Ctrl-C inside `fit` leaves no bar behind."""
    file = io.StringIO()
    bar = ProgressBar("x", Console(file=file, force_terminal=True))
    bar.set_params({"epochs": 1, "steps": 2})
    try:
        with bar:
            bar.on_train_begin()
            bar.on_epoch_begin(0)
            bar.on_train_batch_end(0, {"loss": 1.0})
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        shown = file.getvalue()
    assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l")


def test_numbers_of_interest_are_shown_in_order():
    """Loss first, then `p`; what `fit` does not report is left out."""
    file = io.StringIO()
    bar = ProgressBar("x", Console(file=file, width=80))
    bar.set_params({"epochs": 2})
    bar.on_epoch_begin(0)
    bar.on_epoch_end(0, {"p": np.float32(0.5), "loss": 2.0, "filter_loss": 1})
    assert file.getvalue() == "    x: epoch 1/2  loss 2.000  p 0.500\n"


def test_features_have_a_bar_of_their_own():
    """It counts images before the first epoch, and goes away at the end."""
    file = io.StringIO()
    console = Console(file=file, width=120, force_terminal=True)
    bar = ProgressBar("explainer", console)
    tell = tell_features([keras.callbacks.Callback(), bar])
    tell(32, 64)
    bar._progress.refresh()
    assert "explainer: features" in file.getvalue()
    assert "32/64" in file.getvalue()
    tell(64, 64)
    shown = file.getvalue()
    assert bar._progress is None
    assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l")


def test_features_add_nothing_to_a_log_file():
    """A log file gets one line an epoch, and no bar."""
    file = io.StringIO()
    ProgressBar("x", Console(file=file, width=80)).on_features(5, 10)
    assert not file.getvalue()
