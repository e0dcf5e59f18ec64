"""A chief and its workers over real calls on loopback, without training."""

import contextlib
import socket
import threading
import time

import keras_tuner
import pytest

from tf_explainer.errors import InputError
from tf_explainer.tuning.chief import PREPARES, ChiefServer
from tf_explainer.tuning.oracles import make_oracle
from tf_explainer.tuning.worker import (
    NO_ANSWER,
    READY,
    ChiefCalls,
    WorkerOracle,
)

KEY = "a key"


@pytest.fixture
def oracle(tmp_path):
    """An oracle of three trials over one number."""
    objective = keras_tuner.Objective("worth", "max")
    made = make_oracle("random", objective, 3, 0, 9)
    space = keras_tuner.HyperParameters()
    space.Float("x", 0.0, 1.0, default=0.5)
    made.update_space(space)
    made._set_project_dir(str(tmp_path), "trials")
    return made


@pytest.fixture
def led(oracle):
    """Starts a chief in a thread; returns it, and what it has told."""
    with contextlib.ExitStack() as stack:

        def start(timeout=5.0, prepare=False):
            told = []
            server = ChiefServer(
                *("127.0.0.1", 0, KEY, timeout),
                lost=lambda name, trial: told.append((name, trial)),
            )
            stack.callback(server.close)
            ended = []

            def lead():
                try:
                    server.serve(oracle, lambda t: told.append(t.status))
                except InputError as error:
                    ended.append(error)

            thread = threading.Thread(target=lead, daemon=True)
            if not prepare:
                thread.start()
            return server, told, thread, ended

        yield start


@pytest.fixture
def worker(oracle, monkeypatch):
    """Maker of workers, as a tuner of another process has them."""

    def made(server, name, key=KEY, timeout=5.0):
        monkeypatch.setenv("KERASTUNER_ORACLE_IP", "127.0.0.1")
        monkeypatch.setenv("KERASTUNER_ORACLE_PORT", str(server.port))
        monkeypatch.setenv("KERASTUNER_TUNER_ID", name)
        where = f"127.0.0.1:{server.port}"
        return WorkerOracle(oracle, ChiefCalls(where, name, key, timeout))

    return made


def _done(asked, name, worth=0.5, message=None):
    """One trial from beginning to end; returns it, as it was handed out."""
    trial = asked.create_trial(name)
    if trial.status == "RUNNING":
        trial.status = "FAILED" if message else "COMPLETED"
        trial.message = message
        if not message:
            asked.update_trial(trial.trial_id, {"worth": worth})
        asked.end_trial(trial)
    return trial


def test_all_trials_and_an_end(led, worker, oracle):
    """Two workers share them, both are told to stop, and the chief ends."""
    server, told, thread, ended = led()
    pair = {name: worker(server, name) for name in ("a", "b")}
    trials = [_done(pair[name], name, 0.25) for name in "aba"]
    assert len({trial.trial_id for trial in trials}) == 3
    assert thread.is_alive()
    assert {_done(pair[name], name).status for name in "ab"} == {"STOPPED"}
    thread.join(10)
    assert not thread.is_alive() and not ended
    assert told == ["RUNNING", "COMPLETED"] * 3
    assert {trial.score for trial in oracle.trials.values()} == {0.25}


def test_trial_of_a_lost_worker_is_done_by_another(led, worker):
    """After a time without news, with the same settings."""
    server, told, thread, _ = led(timeout=1.0)
    lost, kept = worker(server, "lost"), worker(server, "kept")
    trial = lost.create_trial("lost")
    values = trial.hyperparameters.values
    others = [_done(kept, "kept") for _ in range(2)]
    # While the other one is silent, this one waits, and says so.
    while (again := _done(kept, "kept")).status == "IDLE":
        pass
    assert again.trial_id == trial.trial_id
    assert again.hyperparameters.values == values
    assert ("lost", trial.trial_id) in [
        (one[0], one[1].trial_id) for one in told if len(one) == 2
    ]
    assert len({one.trial_id for one in (*others, again)}) == 3
    assert _done(kept, "kept").status == "STOPPED"
    thread.join(10)
    assert not thread.is_alive()


def test_long_trial_is_not_lost(led, worker):
    """A worker at work says so by itself."""
    server, told, _, _ = led(timeout=1.0)
    slow = worker(server, "slow", timeout=1.0)
    trial = slow.create_trial("slow")
    with slow.stub.news(trial.trial_id):
        time.sleep(3)
    assert told == ["RUNNING"]


def test_why_a_trial_failed_reaches_the_chief(led, worker, oracle):
    """keras-tuner's own message has no place for it."""
    server, *_ = led()
    asked = worker(server, "a")
    trial = _done(asked, "a", message="Traceback …\nValueError: Δ is NaN\n")
    known = oracle.get_trial(trial.trial_id)
    assert (known.status, known.message) == ("FAILED", "ValueError: Δ is NaN")
    # Not said of the next one.
    assert oracle.get_trial(_done(asked, "a").trial_id).message is None


def test_chief_that_prepares(led, worker):
    """Workers are told so; before, there is no answer at all."""
    server, _, thread, _ = led(prepare=True)
    asked = worker(server, "a")
    assert asked.stub.state() == PREPARES
    thread.start()
    while asked.stub.state() != READY:
        time.sleep(0.1)
    server.close()
    assert asked.stub.state() == NO_ANSWER


def test_workers_of_another_search_are_refused(led, worker):
    """They do not know the key; nothing is done for them."""
    server, told, _, _ = led()
    stranger = worker(server, "a", key="another key")
    for call in (stranger.stub.state, lambda: stranger.create_trial("a")):
        with pytest.raises(InputError, match="leads another search"):
            call()
    assert not told


def test_lost_chief_is_told(led, worker):
    """Within the time, and not after keras-tuner's hour."""
    server, *_ = led()
    asked = worker(server, "a", timeout=1.0)
    server.close()
    with pytest.raises(InputError, match="is lost .*--resume"):
        asked.create_trial("a")


def test_chief_without_workers_ends(led):
    """With what to do about it."""
    _, _, thread, ended = led(timeout=0.1)
    thread.join(10)
    assert not thread.is_alive()
    assert "No worker has asked the chief" in str(ended[0])


def test_search_that_is_over_needs_no_worker(led, oracle):
    """A chief that is begun once more ends at once."""
    oracle.max_trials = 0
    _, _, thread, ended = led()
    thread.join(10)
    assert not thread.is_alive() and not ended


def test_port_in_use():
    """Told before anything is prepared; two chiefs never share one."""
    first = ChiefServer("127.0.0.1", 0)
    with contextlib.closing(first), socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        for port in (first.port, other.getsockname()[1]):
            with pytest.raises(InputError, match=f"127.0.0.1:{port}, which"):
                ChiefServer("127.0.0.1", port)


def test_only_loopback_answers():
    """On the address that was written, and on no other of the machine."""
    server = ChiefServer("127.0.0.1", 0)
    with contextlib.closing(server), socket.socket() as caller:
        caller.settimeout(2)
        with pytest.raises(OSError):
            caller.connect(("127.0.0.2", server.port))
