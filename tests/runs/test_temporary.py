"""Temporary files end with their process, or with the next one."""

import os
import subprocess
import sys

import pytest

# The name says that no model is wanted, hence no TensorFlow.
WORK = """
import sys; sys.argv[0] = "tf-explainer"
import os, tempfile, time
from tf_explainer.runs.temporary import own_temporary_folder
own_temporary_folder()
tempfile.mkdtemp()
open(os.path.join(os.environ["TMPDIR"], "file"), "w").close()
print("works", flush=True)
"""


@pytest.fixture
def start(tmp_path):
    """Starts a process whose temporary files lie in `tmp_path`."""
    started = []

    def begin(code):
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": str(tmp_path)},
        )
        started.append(process)
        assert process.stdout.readline() == "works\n"
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def test_they_are_removed_at_the_end(start, tmp_path):
    """What libraries forgot, too."""
    assert start(WORK).wait(timeout=30) == 0
    assert not list(tmp_path.iterdir())


def test_those_of_the_killed_are_removed_by_the_next(start, tmp_path):
    """But not those of one that is alive."""
    killed, alive = (start(WORK + "time.sleep(60)") for _ in range(2))
    killed.kill()
    killed.wait()
    assert len(list(tmp_path.iterdir())) == 2
    assert start(WORK).wait(timeout=30) == 0
    (left,) = tmp_path.iterdir()
    assert (left / "file").is_file()
    assert alive.poll() is None
