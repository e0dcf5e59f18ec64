"""Every step ends within seconds of Ctrl-C or SIGTERM, and can go on."""

import functools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tf_explainer.runs.step_order import STEPS

pytestmark = pytest.mark.slow

WAIT = 5.0
TRAINS = {
    "performer": "performer: epoch 1/",
    "explain": "explainer: epoch 1/",
}
# A step in which the main thread does not come back to Python.
STUCK = """
import os, sys, types
from tf_explainer.cli.app import main
from tf_explainer.datasets.drawn_animals import drawn_animals_dataset_builder

def performer(job):
    import tensorflow as tf
    draw = drawn_animals_dataset_builder.draw_examples
    drawings = draw(range(10**6), 32, processes=2)
    next(drawings)
    count = lambda number: [number + 1]
    forever = tf.function(
        lambda: tf.while_loop(lambda _: True, count, [tf.constant(0)])
    )
    # Traced before: an interrupt there comes up in any of TensorFlow's calls.
    stuck = forever.get_concrete_function()
    print("in it", flush=True)
    stuck()

module = types.ModuleType("performer")
module.performer = performer
sys.modules["tf_explainer.runs.performer_step"] = module
sys.exit(main())
"""


@pytest.fixture(scope="module")
def animals(tmp_path_factory, annotate):
    """An annotated folder of 24 images of bright rows and columns."""
    rng, rows = np.random.default_rng(0), []
    for index in range(24):
        image = rng.integers(0, 90, (48, 48, 3)).astype("uint8")
        place = int(rng.integers(10, 38))
        image[(place, slice(None), place)[index % 2 :][:2]] = 230
        split = "train" if index < 16 else "test"
        category = ("row", "column")[index % 2]
        rows.append((image, category, split, (place / 48, place / 48)))
    return annotate(tmp_path_factory.mktemp("animals"), rows)


@pytest.fixture
def start(tmp_path):
    """Starts a process whose temporary files lie in `tmp_path / "tmp"`."""
    (tmp_path / "tmp").mkdir()
    # What a shell starts in the background does not listen to Ctrl-C.
    listen = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    started = []

    def begin(*arguments):
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=listen,
            env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def _stopped(process, number, tmp_path):
    """Sends a signal; returns what was said after it, and checks the end."""
    began = time.monotonic()
    process.send_signal(number)
    said = process.communicate(timeout=60)[0]
    assert time.monotonic() - began < WAIT
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert not list((tmp_path / "tmp").glob("tf_explainer*"))
    return said


def _until(process, words):
    """Reads what the process says up to some words."""
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            return
    raise AssertionError("".join(said))


def _seconds(out):
    return json.loads((out / ".tf_explainer" / "seconds.json").read_text())


def test_each_step(animals, tmp_path, start):
    """Stopped in one step after the other, and gone on with each time."""
    out = tmp_path / "out"
    command = ["-m", "tf_explainer", "run", "--out", out]
    more = ["--data", animals, "--image-size", 48, "--batch-size", 8]
    more += ["--epochs", 2, "--performer-epochs", 2]
    signals = (signal.SIGINT, signal.SIGTERM)
    for index, step in enumerate(STEPS):
        process = start(*command, *(["--resume"] if index else more))
        _until(process, f"{index + 1}/5 {step}")
        # At another moment of each step.
        time.sleep(0.2 * index)
        if step in TRAINS:
            _until(process, TRAINS[step])
        said = _stopped(process, signals[index % 2], tmp_path)
        again = f"stopped; go on with: tf-explainer run --out {out} --resume"
        assert said.splitlines()[-1] == again
        assert _seconds(out)[step] > 0
        assert not list(out.rglob(".writing-*"))


def test_interrupt_that_never_arrives(animals, tmp_path, start):
    """In TensorFlow: ended from outside, as tidily."""
    out = tmp_path / "out"
    arguments = ["performer", "--out", out, "--data", animals]
    process = start("-c", STUCK, *arguments, "--image-size", 48)
    _until(process, "in it")
    workers = _children(process.pid)
    assert len(workers) == 2
    said = _stopped(process, signal.SIGINT, tmp_path)
    again = f"stopped; go on with: tf-explainer performer --out {out} --resume"
    assert said.splitlines()[-1] == again
    assert _seconds(out)["performer"] > 0
    _all_end(workers)


def test_processes_of_a_grid(animals, tmp_path, start):
    """They end with the process that started them."""
    plan = tmp_path / "plan.toml"
    options = "epochs = 500\nimage-size = 48\nperformer-epochs = 500"
    plan.write_text(
        f"seeds = [0, 1]\n[options]\n{options}\n[networks.small]\n"
        f"[data.animals]\ndata = {json.dumps(str(animals))}\n"
        'multi = ["row", "column"]\n[variants.explainer]\n'
    )
    out = tmp_path / "grid"
    arguments = ["experiment", plan, "--out", out, "--parallel", 2]
    process = start("-m", "tf_explainer", *arguments)
    _until(process, "begun")
    workers = _children(process.pid)
    assert workers
    said = _stopped(process, signal.SIGTERM, tmp_path)
    assert said.splitlines()[-1] == (
        f"stopped; go on with: tf-explainer experiment {plan} --out {out} "
        "--parallel 2"
    )
    _all_end(workers)


def _children(pid):
    tasks = Path(f"/proc/{pid}/task")
    if not tasks.is_dir():
        pytest.skip("needs Linux to list processes")
    lists = (task.read_text() for task in tasks.glob("*/children"))
    return [int(one) for text in lists for one in text.split()]


def _all_end(pids):
    """Waits until none of the processes is left, two seconds at most."""
    until = time.monotonic() + 2
    while left := [pid for pid in pids if os.path.exists(f"/proc/{pid}/exe")]:
        assert time.monotonic() < until, left
        time.sleep(0.05)
