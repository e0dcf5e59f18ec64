"""Search for settings by keras-tuner, with objectives that mean something.

`ExplainerHyperModel` is the search space and the training of one trial; it
works with any tuner of keras-tuner that trains anew. `ExplainerTuner` is one
that begins with the package's defaults, goes on after an interruption and
stores no weights; it is random, Bayesian or Hyperband, in one process or in
several.
The test images are never read: see `datasets.hold_out`.
"""

from tf_explainer.tuning.charts import pareto_chart, settings_chart
from tf_explainer.tuning.hyper_model import ExplainerHyperModel
from tf_explainer.tuning.limits import Limits
from tf_explainer.tuning.trials import TrialRow, pareto_front, trial_table
from tf_explainer.tuning.tuner import ExplainerTuner

__all__ = [
    "ExplainerHyperModel",
    "ExplainerTuner",
    "Limits",
    "TrialRow",
    "pareto_chart",
    "pareto_front",
    "settings_chart",
    "trial_table",
]
