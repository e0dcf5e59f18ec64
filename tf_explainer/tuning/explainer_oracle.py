"""What keras-tuner's oracles lack: lost workers, and a state that is whole."""

import collections
import contextlib
from pathlib import Path
from typing import Any

import keras_tuner
from keras_tuner.engine.trial import Trial
from keras_tuner.src.engine.stateful import Stateful

from tf_explainer.whole_files import atomic_write

FAILURES = 3
"""Trials in a row that may fail, and workers that a trial may lose."""


class ExplainerOracle(keras_tuner.Oracle):
    """What all oracles of a search for explainers have in common.

    The first trial is the defaults. A trial whose worker is lost is given to
    another one; a worker without work waits for the others' trials to end, in
    case one is lost; and what a worker says of a trial that ended meanwhile
    changes nothing.

    Args:
        **given: As of keras-tuner's own oracle.

    Source:
        `keras_tuner.Oracle`, which knows nothing of lost workers.
    """

    _retry_queue: list[str]

    def __init__(self, **given: Any) -> None:
        super().__init__(max_consecutive_failed_trials=FAILURES, **given)
        self.verbose = 0
        self.gave_up = False
        self._losses: dict[str, int] = collections.Counter()

    @property
    def total(self) -> int:
        """Number of trials, if each one can be done."""
        return int(self.max_trials)

    def is_over(self) -> bool:
        """Whether nothing is left to be tried, or to wait for."""
        waits = self.ongoing_trials or self._retry_queue
        return not waits and (self.gave_up or self._all_begun())

    def _all_begun(self) -> bool:
        return len(self.trials) >= self.total

    def _random_values(self) -> dict[str, Any] | None:
        if self.trials:
            return super()._random_values()
        first = keras_tuner.HyperParameters()
        # Takes the defaults of what the choices before leave active.
        first.merge(self.get_space())
        return first.values

    @keras_tuner.synchronized
    def create_trial(self, tuner_id: str) -> Trial:
        """Returns a trial to be done, or one that says to wait or to stop.

        Args:
            tuner_id: Who asks.
        """
        if self.gave_up:
            self.tuner_ids.discard(tuner_id)
            return Trial(self.get_space(), "none", "STOPPED")
        trial = super().create_trial(tuner_id)
        if trial.status == "STOPPED" and self.ongoing_trials:
            self.tuner_ids.add(tuner_id)
            trial.status = "IDLE"
        if trial.status == "RUNNING":
            # What an attempt that was cut short has said does not count.
            trial.metrics = type(trial.metrics)()
            trial.message = None
        return trial

    @keras_tuner.synchronized
    def end_trial(self, trial: Trial) -> None:
        """Takes a trial as ended, once.

        Args:
            trial: With its status and, if it failed, why.
        """
        known = trial.trial_id
        if known not in self.end_order:
            with contextlib.suppress(ValueError):
                self._retry_queue.remove(known)
            super().end_trial(trial)
        for name, other in list(self.ongoing_trials.items()):
            if other.trial_id == known:
                del self.ongoing_trials[name]
        # keras-tuner's own state, of a moment before, calls it ongoing still.
        self.save()

    def reload(self) -> None:
        """Reads the state; what was at work as it was written is done again."""
        super().reload()
        waits = [one for one in self._retry_queue if one not in self.end_order]
        self._retry_queue = list(dict.fromkeys(waits))

    def save(self) -> None:
        """Writes the state whole or not at all: a process may be killed."""
        with atomic_write(Path(self._get_oracle_fname())) as beside:
            Stateful.save(self, str(beside))

    def _save_trial(self, trial: Trial) -> None:
        folder = Path(self._get_trial_dir(trial.trial_id))
        with atomic_write(folder / "trial.json") as beside:
            trial.save(str(beside))

    def _check_consecutive_failures(self) -> None:
        # keras-tuner's own raises with its lock held.
        last = [self.trials[name].status for name in self.end_order[-FAILURES:]]
        self.gave_up = last == ["FAILED"] * FAILURES

    def take_back(self, tuner_id: str) -> Trial | None:
        """Gives the trial of a lost worker to the next one who asks.

        Args:
            tuner_id: Who is lost.

        Returns:
            The trial, which has failed if it has lost several workers; or
            `None`, if the worker had none, or another one has it, too.
        """
        self.tuner_ids.discard(tuner_id)
        trial = self.ongoing_trials.pop(tuner_id, None)
        if trial is None or trial in self.ongoing_trials.values():
            return None
        self._losses[trial.trial_id] += 1
        if self._losses[trial.trial_id] < FAILURES:
            self._retry_queue.append(trial.trial_id)
            self.save()
            return trial
        trial.status = "FAILED"
        trial.message = f"{FAILURES} workers were lost while they did it"
        self.end_trial(trial)
        return trial
