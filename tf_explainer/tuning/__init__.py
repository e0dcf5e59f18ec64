"""Search for settings by keras-tuner, with objectives that mean something.

`ExplainerHyperModel` is the search space and the training of one trial; it
works with any tuner of keras-tuner. `ExplainerTuner` is one that begins with
the package's defaults, goes on after an interruption and stores no weights.
The test images are never read: see `datasets.hold_out`.
"""

from tf_explainer.tuning.explainer_hyper_model import ExplainerHyperModel
from tf_explainer.tuning.explainer_tuner import ExplainerTuner
from tf_explainer.tuning.limits import Limits
from tf_explainer.tuning.pareto_chart import pareto_chart
from tf_explainer.tuning.pareto_front import pareto_front
from tf_explainer.tuning.trial_table import TrialRow, trial_table

__all__ = [
    "ExplainerHyperModel",
    "ExplainerTuner",
    "Limits",
    "TrialRow",
    "pareto_chart",
    "pareto_front",
    "trial_table",
]
