"""SIGTERM and Ctrl-C end work in good time, and tidily."""

import signal
import subprocess
import sys

import pytest

# The name says that no model is wanted, hence no TensorFlow.
QUICK = "import sys; sys.argv[0] = 'tf-explainer'"
WORK = """
import time
from tf_explainer.runs.stopping import stop_on_termination
stop_on_termination()
try:
    print("works", flush=True)
    time.sleep(60)
finally:
    print("cleaned up", flush=True)
"""
# Python drops what is raised in a finalizer.
DROPPED = """
import time
from tf_explainer.runs.stopping import stop_on_termination
stop_on_termination(grace=60)

class Slow:
    def __del__(self):
        print("works", flush=True)
        time.sleep(60)

try:
    Slow()
    time.sleep(60)
finally:
    print("cleaned up", flush=True)
"""
# A library that takes the interrupt for its own.
SWALLOWED = """
import os, sys, tempfile, time
from pathlib import Path
from tf_explainer.whole_files import atomic_write
from tf_explainer.runs.stopping import (
    done_at_stop, said_at_stop, stop_on_termination
)
stop_on_termination(grace=0.5, line="nothing")
folder = tempfile.TemporaryDirectory(dir=sys.argv[1])
# As while TensorFlow is imported.
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
end = lambda: print("done at last", flush=True)
with said_at_stop("go on"), done_at_stop(end), atomic_write(
    Path(sys.argv[1], "file")
) as beside:
    beside.write_text("half")
    words = ["works"]
    while True:
        try:
            while words:
                print(words.pop(), flush=True)
            time.sleep(60)
        except KeyboardInterrupt:
            pass
"""


def _stopped(code, number, *arguments):
    """Returns what a process prints after a signal, and its status."""
    with subprocess.Popen(
        [sys.executable, "-c", QUICK + code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What a shell starts in the background does not listen to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdout.readline() == "works\n"
        process.send_signal(number)
        out, error = process.communicate(timeout=30)
    return out, error, process.returncode


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("code", [WORK, DROPPED])
def test_what_is_under_way_is_cleaned_up(code, number):
    """`finally` runs, also where Python drops the first interrupt."""
    out, error, _ = _stopped(code, number)
    assert out == "cleaned up\n"
    assert error.rstrip().endswith("KeyboardInterrupt")
    assert "Exception ignored" not in error


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_does_not_end_is_ended(tmp_path, number):
    """The last things are done and said, and nothing is left behind."""
    out, error, status = _stopped(SWALLOWED, number, tmp_path)
    assert (out, error, status) == ("done at last\n", "go on\n", 130)
    assert not list(tmp_path.iterdir())


def test_background_jobs_do_not_listen_to_ctrl_c():
    """As the shell that started them wants it."""
    code = (
        "\nimport signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)" + WORK
    )
    code = code.replace("time.sleep(60)", "time.sleep(0.5)")
    out, error, status = _stopped(code, signal.SIGINT)
    assert (out, error, status) == ("cleaned up\n", "", 0)
