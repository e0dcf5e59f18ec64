"""Who chooses the next settings, and what becomes of lost workers' trials."""

import keras_tuner
import pytest

from tf_explainer.errors import InputError
from tf_explainer.tuning.oracles import (
    hyperband_epochs,
    least_epochs,
    make_oracle,
)


@pytest.fixture
def make(tmp_path):
    """Maker of oracles over one number whose state lies in `tmp_path`."""

    def made(name="random", trials=4, seed=0, epochs=9, **given):
        objective = keras_tuner.Objective("worth", "max")
        oracle = make_oracle(name, objective, trials, seed, epochs, **given)
        space = keras_tuner.HyperParameters()
        space.Float("x", 0.0, 1.0, default=0.5)
        oracle.update_space(space)
        oracle._set_project_dir(str(tmp_path), "trials")
        return oracle

    return made


def _end(oracle, trial, worth=None):
    if worth is not None:
        oracle.update_trial(trial.trial_id, {"worth": worth})
    trial.status = "FAILED" if worth is None else "COMPLETED"
    trial.message = None if worth is not None else "it fails"
    oracle.end_trial(trial)


def _x(trial):
    return trial.hyperparameters.values["x"]


@pytest.mark.parametrize("name", ["random", "bayesian", "hyperband"])
def test_defaults_come_first(make, name):
    """So that the best is never worse than they are at as many epochs."""
    oracle = make(name)
    first, second = (oracle.create_trial(worker) for worker in "ab")
    assert _x(first) == 0.5 != _x(second)


def test_unknown_oracle(make):
    """With the names that there are."""
    with pytest.raises(InputError, match="bayesian, random, hyperband, rec"):
        make("grid")


def test_chance_does_not_know_who_asks(make, tmp_path):
    """One process and several get the same trials."""
    one, three = make(trials=6), make(trials=6)
    alone = [_x(one.create_trial(f"w{number}")) for number in range(6)]
    several = []
    for turn in range(3):
        pair = [three.create_trial(worker) for worker in "ab"]
        several += map(_x, pair)
        for trial in pair if turn % 2 else pair[::-1]:
            _end(three, trial, 0.1)
    assert several == alone


def test_idle_worker_waits_for_a_trial_that_may_be_lost(make):
    """Until the last one has ended; then all are told to stop."""
    oracle = make(trials=2)
    kept, lost = oracle.create_trial("a"), oracle.create_trial("b")
    _end(oracle, kept, 0.3)
    assert oracle.create_trial("a").status == "IDLE"
    assert not oracle.is_over()
    assert oracle.take_back("b").trial_id == lost.trial_id
    again = oracle.create_trial("a")
    assert (again.trial_id, _x(again)) == (lost.trial_id, _x(lost))
    _end(oracle, again, 0.4)
    assert oracle.is_over()
    assert oracle.create_trial("a").status == "STOPPED"
    assert not oracle.tuner_ids


def test_worker_that_comes_back_gets_its_trial(make):
    """Under its name, anew: what it said before does not count."""
    oracle = make()
    trial = oracle.create_trial("a")
    oracle.update_trial(trial.trial_id, {"worth": 0.9})
    again = oracle.create_trial("a")
    assert again.trial_id == trial.trial_id
    assert not again.metrics.exists("worth")


def test_late_worker_changes_nothing(make):
    """Two have done the same trial; it has ended once."""
    oracle = make(trials=1)
    late = oracle.create_trial("a")
    oracle.take_back("a")
    taken = oracle.create_trial("b")
    assert taken.trial_id == late.trial_id
    _end(oracle, taken, 0.7)
    copy = type(taken)(taken.hyperparameters, late.trial_id, "FAILED")
    oracle.end_trial(copy)
    ended = oracle.get_trial(taken.trial_id)
    assert (ended.status, ended.score) == ("COMPLETED", 0.7)
    assert oracle.end_order == [taken.trial_id] and oracle.is_over()


def test_late_worker_may_be_first(make):
    """What it found counts, and the other one is not waited for."""
    oracle = make(trials=1)
    late = oracle.create_trial("a")
    oracle.take_back("a")
    oracle.create_trial("b")
    _end(oracle, late, 0.7)
    assert oracle.is_over() and not oracle.ongoing_trials


def test_trial_that_loses_its_workers_fails(make):
    """Else one that takes all memory would end them all, for ever."""
    oracle = make(trials=2)
    for worker in "abc":
        trial = oracle.create_trial(worker)
        oracle.take_back(worker)
    assert trial.trial_id == "0" and trial.status == "FAILED"
    assert "3 workers were lost" in trial.message
    assert oracle.create_trial("d").trial_id == "1"


def test_state_of_a_chief_is_whole(make):
    """Nobody saves behind it: what has ended is not done again."""
    first = make(trials=3)
    _end(first, first.create_trial("a"), 0.4)
    cut_short = first.create_trial("b")
    second = make(trials=3)
    second.reload()
    again = second.create_trial("c")
    assert again.trial_id == cut_short.trial_id
    _end(second, again, 0.2)
    _end(second, second.create_trial("c"), 0.3)
    third = make(trials=3)
    third.reload()
    assert third.is_over() and third.end_order == ["0", "1", "2"]


def test_three_failures_in_a_row_stop_the_search(make):
    """Without an error while the lock is held."""
    oracle = make(trials=9)
    for worth in (None, None, 0.2, None, None):
        _end(oracle, oracle.create_trial("a"), worth)
    assert not oracle.gave_up
    _end(oracle, oracle.create_trial("a"))
    assert oracle.gave_up and oracle.is_over()
    assert oracle.create_trial("a").status == "STOPPED"


def test_epochs_of_hyperband_s_rungs():
    """Each a third of the one above, rounded up, down to what makes sense."""
    assert hyperband_epochs(26, 3, 2) == [26, 9, 3]
    assert hyperband_epochs(9, 3, 1) == [9, 3, 1]
    assert hyperband_epochs(9, 3, 2) == [9, 3]
    assert hyperband_epochs(16, 2, 2) == [16, 8, 4, 2]
    assert (least_epochs(0), least_epochs(12)) == (1, 2)


@pytest.mark.parametrize("epochs, least", [(3, 2), (1, 1)])
def test_too_few_epochs_for_hyperband(epochs, least):
    """One rung alone would be a random search by another name."""
    with pytest.raises(InputError, match=f"more than .* received {epochs}"):
        hyperband_epochs(epochs, 3, least)


def test_hyperband_does_all_its_trials(make):
    """As many as it says, of which the best get more epochs."""
    oracle = make("hyperband", epochs=9, least=2)
    done = []
    while (trial := oracle.create_trial("a")).status != "STOPPED":
        done.append(dict(trial.hyperparameters.values))
        _end(oracle, trial, _x(trial))
    assert len(done) == oracle.total == 10 and oracle.is_over()
    epochs = [values["tuner/epochs"] for values in done]
    assert epochs == [3] * 5 + [9] * 2 + [9] * 3
    best = sorted((values["x"] for values in done[:5]), reverse=True)[:2]
    assert [values["x"] for values in done[5:7]] == best
