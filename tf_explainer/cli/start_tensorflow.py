"""Imports TensorFlow without its chatter."""

import contextlib
import logging
import os
import sys
import tempfile
from collections.abc import Iterator


def start_tensorflow() -> None:
    """Imports TensorFlow and looks for devices, quietly.

    Its C++ side otherwise writes lines about CPU features and missing CUDA
    drivers straight to standard error, some of them whatever the log level.
    Users who ask for them with TF_CPP_MIN_LOG_LEVEL 0 or 1 see them.
    """
    # The models here are TensorFlow's, whatever ~/.keras/keras.json says.
    os.environ["KERAS_BACKEND"] = "tensorflow"
    if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3") in ("0", "1"):
        return
    with _hold_back_standard_error():
        import tensorflow as tf

        tf.config.list_physical_devices("GPU")
    # The last tells that it looks for fonts, once on each machine.
    for name in ("absl", "tensorflow", "matplotlib.font_manager"):
        logging.getLogger(name).setLevel(logging.ERROR)


@contextlib.contextmanager
def _hold_back_standard_error() -> Iterator[None]:
    """Keeps what goes to standard error; shows it only if the block fails."""
    sys.stderr.flush()
    screen = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(screen, held.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(screen, 2)
            os.close(screen)
