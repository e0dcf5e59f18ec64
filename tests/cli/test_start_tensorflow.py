"""TensorFlow starts without a word, unless something goes wrong."""

import os
import subprocess
import sys

import pytest

from tf_explainer.testing import toy_performer

CODE = """
import os, sys
sys.argv = ["tf-explainer"]
from tf_explainer.cli import request as module
{body}
"""


def _python(body, **environment):
    inherited = dict(os.environ)
    inherited.pop("TF_CPP_MIN_LOG_LEVEL", None)
    return subprocess.run(
        [sys.executable, "-c", CODE.format(body=body)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**inherited, **environment},
    )


@pytest.mark.parametrize("asked", [{}, {"TF_CPP_MIN_LOG_LEVEL": "2"}])
def test_says_nothing(asked):
    """No line about CPUs or drivers, neither at import nor at first use."""
    done = _python(
        "module.start_tensorflow()\n"
        "import tensorflow as tf; tf.zeros(1) + 1\n"
        "print(os.environ['KERAS_BACKEND'])",
        KERAS_BACKEND="jax",
        **asked,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "tensorflow\n"


@pytest.mark.slow
def test_failure_shows_what_was_held_back():
    """What was written before an error helps to find its cause."""
    done = _python(
        "with module._hold_back_standard_error():\n"
        "    os.write(2, b'the reason'); raise ValueError('failed')"
    )
    assert "the reason" in done.stderr and "failed" in done.stderr


def test_standard_error_comes_back():
    """Later messages are seen."""
    done = _python(
        "with module._hold_back_standard_error():\n"
        "    os.write(2, b'hidden')\n"
        "os.write(2, b'seen')"
    )
    assert done.stderr == "seen"


@pytest.mark.slow
def test_chatter_on_demand():
    """Who asks for all lines sees them."""
    done = _python(
        "module.start_tensorflow(); import tensorflow",
        TF_CPP_MIN_LOG_LEVEL="0",
    )
    assert done.returncode == 0 and "I0000" in done.stderr


@pytest.mark.slow
def test_a_command_says_nothing_of_tensorflow(tmp_path):
    """Nothing but its own lines, also when models are read and run."""
    path = tmp_path / "cnn.keras"
    toy_performer().save(path)
    inherited = dict(os.environ)
    inherited.pop("TF_CPP_MIN_LOG_LEVEL", None)
    done = subprocess.run(
        [sys.executable, "-m", "tf_explainer", "inspect", str(path)],
        capture_output=True,
        text=True,
        timeout=300,
        env=inherited,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "relu4" in done.stdout
