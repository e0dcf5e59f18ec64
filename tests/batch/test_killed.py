"""Runs in other processes: killed, on two of them, and on other runners."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

pytest.importorskip("apache_beam")

pytestmark = pytest.mark.slow
COMMAND = [sys.executable, "-m", "tf_explainer", "batch"]
IMAGES = 90
# Of two, with the four files that are none.
SHARDS = 47


@pytest.fixture(scope="module")
def many(tmp_path_factory, image_file):
    """Ninety images and four files that are none."""
    folder = tmp_path_factory.mktemp("many")
    draw = np.random.default_rng(0)
    for index in range(IMAGES):
        pixels = draw.integers(0, 255, (32, 32, 3))
        (folder / f"{index:03d}.png").write_bytes(image_file(pixels))
    for name in ("a", "b", "c", "d"):
        (folder / f"{name}.png").write_text("no image")
    return folder


@pytest.fixture(scope="module")
def expected(model, many, tmp_path_factory):
    """What a run that nobody stops finds."""
    out = tmp_path_factory.mktemp("whole") / "out"
    done = run(model, many, out)
    assert done.returncode == 0, done.stderr
    assert f"{IMAGES} explained, 4 dead letters, 0 done before" in done.stderr
    return found(out)


def command(model, many, out, *more):
    """The command line of a run in shards of two images."""
    options = ["--model", model, "--input", str(many), "--output", str(out)]
    return [*COMMAND, *options, "--shard-size", "2", "--batch-size", "1", *more]


def run(model, many, out, *more):
    """Runs it to its end."""
    return subprocess.run(
        command(model, many, out, *more),
        capture_output=True,
        text=True,
        timeout=300,
    )


def found(out):
    """All numbers that were explained, with what was said of them."""
    parts = sorted((out / "explained").glob("part-*.parquet"))
    rows = [row for part in parts for row in pq.read_table(part).to_pylist()]
    letters = sorted(
        line
        for part in (out / "dead_letters").glob("part-*.jsonl")
        for line in part.read_text().splitlines()
    )
    return {row["number"]: row["contributions"] for row in rows}, [
        len(rows),
        *letters,
    ]


def assert_same(one, other):
    """Nothing lost, nothing doubled, and the same answers."""
    assert one[1] == other[1] and one[1][0] == IMAGES
    assert one[0].keys() == other[0].keys()
    for number, given in one[0].items():
        np.testing.assert_allclose(given, other[0][number], atol=1e-4)


@pytest.mark.parametrize("processes", [1, 2])
def test_killed_and_started_again(model, many, expected, tmp_path, processes):
    """All of its processes by SIGKILL, at any moment of the work."""
    out, more = tmp_path / "out", ["--processes", str(processes)]
    wanted = random.Random(processes).randrange(1, 30)
    killed = start(command(model, many, out, *more), out, wanted)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    before = len(parts(out))
    assert wanted <= before < SHARDS
    done = run(model, many, out, *more)
    assert done.returncode == 0, done.stderr
    assert f"{2 * before} done before" in done.stderr
    assert_same(found(out), expected)
    assert not list((out / "explained").glob(".*"))


def test_workers_end_with_their_master(model, many, tmp_path):
    """What they still write is whole."""
    out = tmp_path / "out"
    words = command(model, many, out, "--processes", "2")
    killed = start(words, out, 1)
    assert workers(out)
    killed.kill()
    killed.wait()
    deadline = time.monotonic() + 60
    while workers(out) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not workers(out)
    numbers, (count, *_) = found(out)
    assert len(numbers) == count > 0


def start(words, out, shards, stderr=subprocess.DEVNULL):
    """Starts a run in a group of its own, and waits for some shards."""
    process = subprocess.Popen(
        words, stderr=stderr, text=True, start_new_session=True
    )
    while len(parts(out)) < shards:
        assert process.poll() is None, "it ended before it was killed"
        time.sleep(0.01)
    return process


def parts(out):
    """The shards that are done."""
    return list((out / "explained").glob("part-*.parquet"))


def workers(out):
    """Processes whose command line names the log of this run."""
    wanted, alive = os.fsencode(out), []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if wanted in path.read_bytes():
                alive.append(path)
        except OSError:
            continue
    return alive


def test_ctrl_c_says_how_to_go_on(model, many, tmp_path):
    """Status 130, one line, and the same command ends the work."""
    out = tmp_path / "out"
    stopped = start(command(model, many, out), out, 2, subprocess.PIPE)
    stopped.send_signal(signal.SIGTERM)
    _, said = stopped.communicate(timeout=60)
    assert stopped.returncode == 130
    assert said.splitlines()[-1] == "stopped; go on with: the same command"


def test_another_runner(model, many, expected, tmp_path):
    """By a job server, as Flink's and Spark's; it is Beam's own, in Python."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [
            *(sys.executable, "-m"),
            "apache_beam.runners.portability.local_job_service_main",
            *("-p", str(port)),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        out = tmp_path / "out"
        done = run(
            *(model, many, out, "--runner", "PortableRunner"),
            *("--beam-option", f"job_endpoint=127.0.0.1:{port}"),
            *("--beam-option", "environment_type=LOOPBACK"),
        )
        assert done.returncode == 0, done.stderr
        assert_same(found(out), expected)
    finally:
        server.kill()
        server.wait()


def wait_for(port):
    """Until the server listens."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(port)
