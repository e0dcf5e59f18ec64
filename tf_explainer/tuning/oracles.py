"""Who chooses the settings of the next trial."""

import collections
import contextlib
import math
import warnings
from collections.abc import Mapping
from typing import Any

import keras_tuner
from keras_tuner.engine.trial import Trial
from sklearn.exceptions import ConvergenceWarning

from tf_explainer.config.search import ORACLES
from tf_explainer.errors import InputError

FAILURES = 3
"""Trials in a row that may fail, and workers that a trial may lose."""


class ExplainerOracle(keras_tuner.Oracle):
    """What all oracles of a search for explainers have in common.

    The first trial is the defaults. A trial whose worker is lost is given to
    another one; a worker without work waits for the others' trials to end, in
    case one is lost; and what a worker says of a trial that ended meanwhile
    changes nothing.

    Source:
        `keras_tuner.Oracle`, which knows nothing of lost workers.
    """

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


class RandomOracle(ExplainerOracle, keras_tuner.oracles.RandomSearchOracle):
    """Settings by chance.

    Source:
        `keras_tuner.oracles.RandomSearchOracle`.
    """


# Settings are rounded to three digits before they are tried.
_ALIKE = 1e-3


class BayesianOracle(
    ExplainerOracle, keras_tuner.oracles.BayesianOptimizationOracle
):
    """Settings by a Gaussian process of the trials so far.

    What the Gaussian process chooses is drawn at random in its place where it
    was tried before: the process then takes the best trial for the optimum,
    and would try it over and over.

    Source:
        `keras_tuner.oracles.BayesianOptimizationOracle`.
    """

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        with warnings.catch_warnings():
            # Gaussian processes say so on nearly every handful of trials.
            warnings.simplefilter("ignore", ConvergenceWarning)
            chosen = super().populate_space(trial_id)
        values = chosen["values"]
        if values is None or not self._was_tried(values):
            return dict(chosen)
        drawn = self._random_values()
        return {"status": "RUNNING" if drawn else "STOPPED", "values": drawn}

    def _was_tried(self, values: Mapping[str, Any]) -> bool:
        # Values of losses that were not chosen are among them, too.
        return any(
            all(
                _alike(value, values.get(name))
                for name, value in trial.hyperparameters.values.items()
            )
            for trial in self.trials.values()
        )


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, str) or isinstance(other, str) or other is None:
        return bool(one == other)
    return math.isclose(one, other, rel_tol=_ALIKE)


class HyperbandOracle(ExplainerOracle, keras_tuner.oracles.HyperbandOracle):
    """Settings by chance; the best of those with few epochs get more.

    On each rung a trial is trained anew, with the whole schedule of both
    phases in the epochs of that rung.

    Args:
        least_epochs: Below this there is no rung.
        **given: As of keras-tuner's own.

    Source:
        Li et al. 2018, "Hyperband: A Novel Bandit-Based Approach to
        Hyperparameter Optimization"; `keras_tuner.oracles.HyperbandOracle`.
    """

    def __init__(self, least_epochs: int = 1, **given: Any) -> None:
        self._least_epochs = least_epochs
        super().__init__(**given)

    def _get_num_brackets(self) -> int:
        return len(
            hyperband_epochs(self.max_epochs, self.factor, self._least_epochs)
        )

    @property
    def total(self) -> int:
        """Number of trials, if each one can be done."""
        return self.hyperband_iterations * sum(
            self._get_size(bracket, rung)
            for bracket in range(self._get_num_brackets())
            for rung in range(bracket + 1)
        )


def hyperband_epochs(epochs: int, factor: int, least: int) -> list[int]:
    """Returns the epochs of Hyperband's rungs, the longest first.

    Args:
        epochs: Those of the longest.
        factor: By how much each next one is shorter.
        least: The fewest epochs that make sense.

    Raises:
        InputError: If there is one rung alone, which is a random search.
    """
    found = [epochs]
    while (shorter := math.ceil(epochs / factor ** len(found))) >= least:
        if shorter == found[-1]:
            break
        found.append(shorter)
    if len(found) < 2:
        raise InputError(
            f"`--epochs` must be more than {max(factor * (least - 1), 1)} for "
            f"--oracle hyperband, whose shorter trials have 1/{factor} of them "
            f"and need {least} or more; received {epochs}."
        )
    return found


def least_epochs(parts: int) -> int:
    """Returns the fewest epochs that a trial can do with.

    Args:
        parts: How many parts the explainers have; with any there is one epoch
            to find them and one to use them.
    """
    return 2 if parts else 1


def make_oracle(
    name: str,
    objective: keras_tuner.Objective,
    trials: int,
    seed: int,
    epochs: int,
    least: int = 1,
    iterations: int = 1,
    factor: int = 3,
) -> ExplainerOracle:
    """Returns the oracle of a name.

    Args:
        name: One of `ORACLES`.
        objective: What is looked for.
        trials: Number of trials, of those that do not work it out.
        seed: Seed of the choice.
        epochs: Those of a whole training.
        least: The fewest that make sense.
        iterations: How often Hyperband goes through its rungs.
        factor: See `hyperband_epochs`.

    Raises:
        InputError: If there is no such oracle, or too few epochs for it.
    """
    # keras-tuner takes 0 for "any seed".
    usual: dict[str, Any] = {"objective": objective, "seed": seed + 1}
    if name == "random":
        return RandomOracle(max_trials=trials, **usual)
    if name == "bayesian":
        few = max(trials // 3, 2)
        return BayesianOracle(
            max_trials=trials, num_initial_points=few, **usual
        )
    if name == "hyperband":
        return HyperbandOracle(
            least,
            max_epochs=epochs,
            factor=factor,
            hyperband_iterations=iterations,
            **usual,
        )
    raise InputError(
        f"`oracle` must be one of {', '.join(ORACLES)}, received {name!r}."
    )
