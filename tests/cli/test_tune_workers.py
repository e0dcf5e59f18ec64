"""`tf-explainer tune` with a chief and workers, as real processes."""

import csv
import os
import subprocess
import sys

import numpy as np
import pytest

from tf_explainer.cli.app import main

SIZE, TRIALS = 32, 3
# Plumbing needs no graphs, which take longest to make.
EAGER = """
import sys
import tensorflow as tf
from tf_explainer.cli.app import main
tf.config.run_functions_eagerly(True)
sys.exit(main())
"""


@pytest.fixture(scope="module")
def dots(tmp_path_factory, annotate):
    """Red and green dots, each with a head."""
    rng, rows = np.random.default_rng(0), []
    for index in range(30):
        image = rng.integers(0, 60, (SIZE, SIZE, 3)).astype("uint8")
        row, column = rng.integers(2, SIZE - 10, 2)
        image[row : row + 8, column : column + 8, index % 2] = 240
        place = ((row + 4) / SIZE, (column + 4) / SIZE)
        split = "train" if index < 24 else "test"
        rows.append((image, ("red", "green")[index % 2], split, place))
    return annotate(tmp_path_factory.mktemp("dots"), rows)


@pytest.fixture
def begin():
    """Starts `tf-explainer tune`, and ends what is left of it."""
    started = []

    def start(*words):
        process = subprocess.Popen(
            [sys.executable, "-c", EAGER, "tune", *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _search(dots):
    images = ["--data", dots, "--image-size", SIZE, "--batch-size", 9]
    short = ["--performer-epochs", 1, "--epochs", 2, "--parts", 3]
    return [*images, *short, "--oracle", "random", "--trials", TRIALS]


def _until(process, words):
    """Reads what a process says up to some words; returns it."""
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            return "".join(said)
    raise AssertionError("".join(said))


def _ended(process, status=0):
    said = process.communicate(timeout=900)[0]
    assert process.returncode == status, said
    assert "Traceback" not in said
    return said


def _rows(out):
    with open(out / "trials.csv", newline="", encoding="utf-8") as file:
        return {
            row.pop("trial"): {**row, "seconds": ""}
            for row in csv.DictReader(file)
        }


@pytest.mark.slow
def test_a_killed_worker_costs_nothing(dots, tmp_path, begin, capsys):
    """One chief, two workers, one of them killed: as one process finds it."""
    one, out = tmp_path / "one", tmp_path / "three"
    _ended(begin("--out", one, *_search(dots)))
    wait = ("--worker-timeout", 5)
    # A worker may be there first.
    ann = begin("--out", out, "--worker", "ann", *wait)
    led = begin("--out", out, "--chief", "0", *wait, *_search(dots))
    said = _until(led, "waiting for workers")
    assert "performer: epoch 1/1" in said
    bob = begin("--out", out, "--worker", "bob", *wait)
    heard = _until(bob, ": epoch 1/2")
    _refused(out, capsys)
    bob.kill()
    number = heard.split("trial ")[-1].split("/")[0]
    lost = f"worker bob: no news for 5 s; trial {number} is given to another"
    assert lost in (told := _ended(led))
    assert "Where it lies" in told
    heard += _ended(ann)
    assert f"ann has done {TRIALS} trials; the search is over" in heard
    # These are the chief's alone.
    assert "performer: epoch" not in heard and "features" not in heard
    assert _rows(out) == _rows(one) and len(_rows(out)) == TRIALS
    assert len(list((out / "tensorboard").iterdir())) == TRIALS
    for name in ("best.toml", "pareto.png"):
        assert (out / name).stat().st_size == (one / name).stat().st_size
    late = begin("--out", out, "--worker", "late", *wait)
    assert f"the search in {out} is over" in _ended(late)


def _refused(out, capsys):
    """A second chief, and a second worker of the same name."""
    words = ["tune", "--out", str(out)]
    assert main([*words, "--chief", "0", "--resume"]) == 2
    assert "in use by another process" in capsys.readouterr().err
    assert main([*words, "--worker", "bob"]) == 2
    assert "`--worker` bob is at work already" in capsys.readouterr().err


@pytest.mark.slow
def test_a_search_goes_on_with_workers(dots, tmp_path, begin):
    """Begun in one process; the chief reads its trials, and ends by itself."""
    out = tmp_path / "out"
    _ended(begin("--out", out, *_search(dots)[:-1], 1))
    before = _rows(out)
    more = ("--resume", "--chief", 0, "--trials", 2)
    led = begin("--out", out, *more)
    worker = begin("--out", out, "--worker", "ann")
    _ended(led)
    assert "ann has done 1 trials" in _ended(worker)
    after = _rows(out)
    assert sorted(after) == ["1", "2"]
    # The second trial may be better in everything.
    assert {**after["1"], "on_front": ""} == {**before["1"], "on_front": ""}
    assert "Where it lies" in _ended(begin("--out", out, *more))


@pytest.mark.parametrize(
    "words, expected",
    [
        (["--worker", "ann", "--eta", "1"], "leave out --eta"),
        (["--worker", "ann", "--resume"], "leave out --resume"),
        (["--worker", "my_chief"], "must not hold the word chief"),
        (["--worker", "../ann"], "must be a name of letters"),
        (["--worker", "ann", "--chief", "0"], "received port 0"),
        (["--chief", "here"], "must be HOST:PORT or PORT"),
        (["--chief", "::1:80"], "must be HOST:PORT or PORT"),
        (["--chief", "a b:80"], "must be HOST:PORT or PORT"),
        (["--chief", "host:65536"], "must be HOST:PORT or PORT"),
        (["--oracle", "hyperband", "--trials", "9"], "leave it out"),
        (["--hyperband-factor", "2"], "is for --oracle hyperband"),
        (["--oracle", "hyperbund"], "Did you mean 'hyperband'"),
    ],
)
def test_told_at_once(words, expected, tmp_path, capsys):
    """In one line, and nothing is written."""
    assert main(["tune", "--out", str(tmp_path / "out"), *words]) == 2
    assert expected in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_keras_tuner_s_own_variables_are_refused(tmp_path, capsys, monkeypatch):
    """With them the search would wait for a chief, for an hour."""
    monkeypatch.setenv("KERASTUNER_ORACLE_IP", "127.0.0.1")
    assert main(["tune", "--out", str(tmp_path / "out")]) == 2
    assert "Unset it, and say --chief" in capsys.readouterr().err


def test_a_port_in_use_is_told_before_anything_is_trained(
    tmp_path, capsys, monkeypatch, dots
):
    """The performer may take hours."""
    import socket

    def train(*args, **kwargs):
        raise AssertionError("the performer was trained")

    monkeypatch.setattr(
        "tf_explainer.runs.performer_step.train_performer", train
    )
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        command = ["tune", "--out", str(tmp_path / "out"), "--chief", port]
        assert main([*command, "--data", str(dots)]) == 2
    assert "which cannot be had" in capsys.readouterr().err
    assert not [name for name in os.environ if "KERASTUNER" in name]


def test_worker_without_a_chief_gives_up(tmp_path, capsys, monkeypatch):
    """After a line of what it waits for, and with what to do."""
    monkeypatch.setattr("tf_explainer.experiments.search_workers.PATIENCE", 1)
    words = ["tune", "--out", str(tmp_path / "out"), "--worker", "ann"]
    assert main([*words, "--worker-timeout", "1"]) == 2
    told = capsys.readouterr().err
    assert "waiting for the chief at" in told
    assert "Begin it with --chief HOST:PORT" in told
    assert not (tmp_path / "out").exists()
