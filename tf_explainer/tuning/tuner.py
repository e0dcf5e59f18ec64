"""A tuner for explainers, in one process or in several."""

import contextlib
import gc
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras_tuner
from keras_tuner.engine.trial import Trial
from keras_tuner.errors import FailedTrialError, FatalError
from keras_tuner.src.distribute.utils import is_chief_oracle

from tf_explainer.config.search import ORACLES
from tf_explainer.errors import InputError
from tf_explainer.tuning.chief import ChiefServer
from tf_explainer.tuning.explainer_oracle import FAILURES
from tf_explainer.tuning.hyper_model import ExplainerHyperModel
from tf_explainer.tuning.oracles import least_epochs, make_oracle
from tf_explainer.tuning.worker import ChiefCalls, WorkerOracle


class ExplainerTuner(keras_tuner.Tuner):
    """Search that begins with the package's defaults.

    With `bayesian` a third of the trials are drawn at random before the
    Gaussian process chooses, and what it would try again. With `hyperband`
    many settings are tried with few epochs, and the best of them anew with
    more: a trial never goes on from the weights of another one, since a
    schedule of more epochs differs from its first epoch on.

    The state is written after each trial: the same call goes on where an
    earlier one stopped, and a trial that was cut short is done again. A trial
    whose loss is not finite fails, and the search goes on; no weights are
    kept, since the best settings are to be trained on all images.

    In several processes it is chief or worker by keras-tuner's own
    `KERASTUNER_TUNER_ID`, `KERASTUNER_ORACLE_IP` and `KERASTUNER_ORACLE_PORT`;
    `tf-explainer tune` sets them.

    Args:
        hypermodel: What to search.
        objective: A key of `hypermodel.measured`; `None` means the first.
        trials: Number of trials, those of earlier calls included; not read
            with `hyperband`, whose number follows from the epochs.
        seed: Seed of the choice of settings.
        directory: Folder for the state of the search, the same for all
            processes.
        told: Called with each trial as it begins and as it ends.
        oracle: `bayesian`, `random` or `hyperband`.
        iterations: How often Hyperband goes through its rungs.
        factor: Of so many trials Hyperband keeps one for the next rung, which
            has as many times the epochs.
        server: Of a chief; `None` makes one if this process is one.
        calls: Of a worker; `None` makes them if this process is one.

    Raises:
        InputError: At once, if the objective is not among the measures, if
            there are too few epochs for Hyperband, or the folder holds a
            search over other settings or ranges; in `search`, if three trials
            in a row fail.

    Source:
        `keras_tuner.BayesianOptimization`, `RandomSearch` and `Hyperband`.
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
        oracle: str = ORACLES[0],
        iterations: int = 1,
        factor: int = 3,
        server: ChiefServer | None = None,
        calls: ChiefCalls | None = None,
    ) -> None:
        chooser = make_oracle(
            oracle,
            hypermodel.objective(objective),
            trials,
            seed,
            hypermodel.epochs,
            least_epochs(hypermodel.parts),
            iterations,
            factor,
        )
        self._chooser, self._told = chooser, told or (lambda trial: None)
        # It prints where it reloads from.
        with contextlib.redirect_stdout(io.StringIO()):
            super().__init__(
                oracle=chooser,
                hypermodel=hypermodel,
                directory=str(directory),
                project_name="trials",
            )
        self.server, self.calls = server, calls
        if self._is_worker():
            self.calls = calls or ChiefCalls(_address(), self.tuner_id)
            self.oracle = WorkerOracle(chooser, self.calls)
        # A state that was read holds those of an earlier call.
        chooser.max_trials = None if oracle == "hyperband" else trials
        chooser.hyperband_iterations = iterations
        _check_space(self.oracle, hypermodel, directory)

    @property
    def total(self) -> int:
        """Number of trials, if each one can be done."""
        return self._chooser.total

    def search(self, *args: Any, **kwargs: Any) -> None:
        """Does the trials that are not done yet, or leads those who do.

        Args:
            *args: Not used: the images are known.
            **kwargs: Not used, but checked by `ExplainerHyperModel.fit`.
        """
        if is_chief_oracle():
            self._lead()
        else:
            super().search(*args, **{**kwargs, "verbose": 0})
        failed = [t for t in self._known_trials() if t.status == "FAILED"]
        if failed and self.oracle.gave_up:
            raise InputError(
                f"{FAILURES} trials in a row failed; the last one: "
                f"{failed[-1].message.strip().splitlines()[-1]}"
            )

    def _known_trials(self) -> list[Trial]:
        return [] if self._is_worker() else [*self.oracle.trials.values()]

    def _lead(self) -> None:
        self.save()
        if self.server is None:
            host, _, port = _address().rpartition(":")
            self.server = ChiefServer(host, int(port))
        try:
            self.server.serve(self.oracle, self._told)
        finally:
            self.server.close()

    def run_trial(
        self, trial: Trial, *args: Any, **kwargs: Any
    ) -> dict[str, float]:
        """Trains and judges one explainer.

        Args:
            trial: What to try.
            *args: Not used.
            **kwargs: See `ExplainerHyperModel.fit`.

        Returns:
            Measure to value.
        """
        del args
        gc.collect()
        kwargs.pop("verbose", None)
        hp = trial.hyperparameters
        news = self.calls.news(trial.trial_id) if self.calls else _nothing()
        try:
            with news:
                return self.hypermodel.fit(
                    hp, self.hypermodel.build(hp), **kwargs
                )
        except InputError as error:
            raise FailedTrialError(str(error)) from error
        except FatalError:
            raise
        except Exception as error:
            # Else keras-tuner would count a fault of ours as a bad trial.
            raise FatalError(str(error)) from error

    def on_trial_begin(self, trial: Trial) -> None:
        """Tells that a trial begins."""
        self._told(trial)

    def on_trial_end(self, trial: Trial) -> None:
        """Stores the trial and tells about it."""
        super().on_trial_end(trial)
        ended = self.oracle.get_trial(trial.trial_id)
        # A chief does not send it back.
        ended.message = ended.message or trial.message
        self._told(ended)

    def _get_tuner_fname(self) -> str:
        # By one name, so that a chief goes on where one process stopped.
        name = self.tuner_id if self._is_worker() else "tuner0"
        return str(Path(self.project_dir) / f"{name}.json")


_nothing = contextlib.nullcontext


def _address() -> str:
    """Where the chief is, as keras-tuner is told."""
    names = ("KERASTUNER_ORACLE_IP", "KERASTUNER_ORACLE_PORT")
    return ":".join(os.environ[name] for name in names)


def _check_space(
    oracle: Any,
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
