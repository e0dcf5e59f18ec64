"""Which settings a search tries next."""

import math
import warnings
from collections.abc import Mapping
from typing import Any

import keras_tuner
from sklearn.exceptions import ConvergenceWarning

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
