"""The command line and the package start fast."""

import subprocess
import sys

import pytest

HELP = "import sys; sys.argv = ['/bin/tf-explainer', '--help']; "
RUN = "from tf_explainer.cli.app import main; main()"
# The processor's own seconds: a busy machine must not fail a fast command.
TIMED = """
import atexit, sys, time
atexit.register(lambda: print(time.process_time(), file=sys.stderr))
"""
# In one process, so that only the package's own part is timed.
ADDED = """
import time
import tensorflow
began = time.process_time()
import tf_explainer
tf_explainer.Explainer
print(time.process_time() - began)
"""


def _run(code):
    return subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )


def _python(code):
    return _run(code).stdout


def _fastest(measure, repeats):
    """What is slow by itself is slow every time."""
    return min(measure() for _ in range(repeats))


def test_help_is_fast():
    """`tf-explainer --help` takes the processor half a second at most."""

    def measure():
        return float(_run(TIMED + HELP + RUN).stderr.splitlines()[-1])

    assert 0.01 < _fastest(measure, 5) < 0.5


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_command_line_imports_no_tensorflow(argument):
    """TensorFlow's seconds are spent only where a command needs it."""
    code = HELP.replace("--help", argument) + RUN
    code += "; heavy = {'tensorflow', 'keras', 'numpy'} & set(sys.modules)"
    code += "; print(); print(sorted(heavy))"
    assert _python(code).splitlines()[-1] == "[]"


@pytest.mark.slow
def test_package_adds_little_to_tensorflow():
    """`import tf_explainer` adds under 0.5 s to TensorFlow's own import."""

    assert _fastest(lambda: float(_python(ADDED)), 3) < 0.5


def test_import_registers_the_model_classes():
    """After `import tf_explainer`, Keras finds the saved classes."""
    code = (
        "import keras, tf_explainer; "
        "print(keras.saving.get_registered_object('tf_explainer>Explainer'))"
    )
    assert "Explainer" in _python(code)
