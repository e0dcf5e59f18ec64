"""A process that works for another one ends with it."""

import subprocess
import sys

# The name says that no model is wanted, hence no TensorFlow.
WORK = """
import sys; sys.argv[0] = "tf-explainer"
import time
from tf_explainer.parent_watch import end_with_parent
end_with_parent()
print("works", flush=True)
time.sleep(60)
"""


def test_it_ends_when_nobody_holds_the_pipe():
    """At once, whatever it does."""
    with subprocess.Popen(
        [sys.executable, "-c", WORK],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "works\n"
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(timeout=10) == -9
