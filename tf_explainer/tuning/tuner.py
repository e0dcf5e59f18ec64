"""A tuner for explainers, and which settings it tries next."""

import contextlib
import gc
import io
import json
import math
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras_tuner
from keras_tuner.engine.trial import Trial
from keras_tuner.errors import FailedTrialError, FatalError
from sklearn.exceptions import ConvergenceWarning

from tf_explainer.errors import InputError
from tf_explainer.tuning.hyper_model import ExplainerHyperModel

# Settings are rounded to three digits before they are tried.
_ALIKE = 1e-3


class DefaultsFirst(keras_tuner.oracles.BayesianOptimizationOracle):
    """Begins with the defaults, so that the best is never worse than they.

    What the Gaussian process chooses is drawn at random in its place where it
    was tried before: the process then takes the best trial for the optimum,
    and would try it over and over.

    Source:
        `keras_tuner.oracles.BayesianOptimizationOracle`.
    """

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        if not self.trials:
            first = keras_tuner.HyperParameters()
            # Takes the defaults of what the choices before leave active.
            first.merge(self.get_space())
            return {"status": "RUNNING", "values": first.values}
        with warnings.catch_warnings():
            # Gaussian processes say so on nearly every handful of trials.
            warnings.simplefilter("ignore", ConvergenceWarning)
            chosen = super().populate_space(trial_id)
        if chosen["values"] is None or not self._was_tried(chosen["values"]):
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


_FAILURES = 3


class ExplainerTuner(keras_tuner.Tuner):
    """Bayesian search that begins with the package's defaults.

    A third of the trials are drawn at random before the Gaussian process
    chooses, and what it would try again. The state is written after each trial:
    the same call goes on where an earlier one stopped, and a trial that was cut
    short is done again. A trial whose loss is not finite fails, and the search
    goes on; no weights are kept, since the best settings are to be trained on
    all images.

    Args:
        hypermodel: What to search.
        objective: A key of `hypermodel.measured`; `None` means
            `limited_skill` where there are landmarks, else `limited_proxy`.
        trials: Number of trials, those of earlier calls included.
        seed: Seed of the choice of settings.
        directory: Folder for the state of the search.
        told: Called with each trial as it begins and as it ends.

    Raises:
        InputError: At once, if the objective is not among the measures, or
            the folder holds a search over other settings or ranges; in
            `search`, if three trials in a row fail.

    Source:
        `keras_tuner.BayesianOptimization`.
    """

    hypermodel: ExplainerHyperModel

    def __init__(
        self,
        hypermodel: ExplainerHyperModel,
        objective: str | None = None,
        trials: int = 20,
        seed: int = 0,
        directory: str | Path = ".",
        told: Callable[[Trial], None] | None = None,
    ) -> None:
        oracle = DefaultsFirst(
            objective=hypermodel.objective(objective),
            max_trials=trials,
            num_initial_points=max(trials // 3, 2),
            # keras-tuner takes 0 for "any seed".
            seed=seed + 1,
            max_consecutive_failed_trials=_FAILURES,
        )
        oracle.verbose = 0
        self._told = told or (lambda trial: None)
        # It prints where it reloads from.
        with contextlib.redirect_stdout(io.StringIO()):
            super().__init__(
                oracle=oracle,
                hypermodel=hypermodel,
                directory=str(directory),
                project_name="trials",
            )
        oracle.max_trials = trials
        _check_space(oracle, hypermodel, directory)

    def search(self, *args: Any, **kwargs: Any) -> None:
        """Does the trials that are not done yet.

        Args:
            *args: Not used: the images are known.
            **kwargs: Not used.
        """
        try:
            super().search(*args, **{**kwargs, "verbose": 0})
        except RuntimeError as error:
            failed = [t for t in self.oracle.trials.values() if t.message]
            if len(failed) < _FAILURES:
                raise
            raise InputError(
                f"{_FAILURES} trials in a row failed; the last one: "
                f"{failed[-1].message.strip().splitlines()[-1]}"
            ) from error

    def run_trial(
        self, trial: Trial, *args: Any, **kwargs: Any
    ) -> dict[str, float]:
        """Trains and judges one explainer.

        Args:
            trial: What to try.
            *args: Not used.
            **kwargs: Not used.

        Returns:
            Measure to value.
        """
        del args, kwargs
        gc.collect()
        hp = trial.hyperparameters
        try:
            return self.hypermodel.fit(hp, self.hypermodel.build(hp))
        except InputError as error:
            raise FailedTrialError(str(error)) from error
        except Exception as error:
            # Else keras-tuner would count a fault of ours as a bad trial.
            raise FatalError(str(error)) from error

    def on_trial_begin(self, trial: Trial) -> None:
        """Tells that a trial begins."""
        self._told(trial)

    def on_trial_end(self, trial: Trial) -> None:
        """Stores the trial and tells about it."""
        super().on_trial_end(trial)
        self._told(self.oracle.get_trial(trial.trial_id))


def _check_space(
    oracle: keras_tuner.Oracle,
    hypermodel: ExplainerHyperModel,
    directory: str | Path,
) -> None:
    # Values by other names would silently be read as the defaults.
    asked = keras_tuner.HyperParameters()
    hypermodel.settings(asked)
    wanted, found = (
        {json.dumps(one, sort_keys=True) for one in hp.get_config()["space"]}
        for hp in (asked, oracle.get_space())
    )
    if wanted != found:
        raise InputError(
            "`directory` holds a search over other settings or ranges, begun "
            "by another version of this package or with other arguments, "
            f"received {directory}. Begin anew in another folder; "
            "`tf-explainer tune` does so with --overwrite."
        )
