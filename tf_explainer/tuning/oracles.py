"""Who chooses the settings of the next trial."""

import math
import warnings
from collections.abc import Mapping
from typing import Any

import keras_tuner
from sklearn.exceptions import ConvergenceWarning

from tf_explainer.config.search import ORACLES
from tf_explainer.errors import InputError
from tf_explainer.tuning.explainer_oracle import ExplainerOracle


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
