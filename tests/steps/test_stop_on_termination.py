"""SIGTERM ends work as Ctrl-C does."""

import signal
import subprocess
import sys

WORK = """
import time
from tf_explainer.steps.stop_on_termination import stop_on_termination
stop_on_termination()
try:
    print("works", flush=True)
    time.sleep(60)
finally:
    print("cleaned up", flush=True)
"""


def test_what_is_under_way_is_cleaned_up():
    """As with Ctrl-C, `finally` runs."""
    with subprocess.Popen(
        [sys.executable, "-c", WORK],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "works\n"
        process.send_signal(signal.SIGTERM)
        out, error = process.communicate(timeout=30)
    assert out == "cleaned up\n"
    assert error.rstrip().endswith("KeyboardInterrupt")
