"""Every option of the explainer reaches it."""

import io
import types

import tensorflow as tf
from rich.console import Console

from tf_explainer.config.schedule import Schedule
from tf_explainer.config.settings import Settings
from tf_explainer.explainer import Explainer
from tf_explainer.runs import explainer_steps as step
from tf_explainer.runs import learning
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.testing import toy_performer


def test_options_reach_explainer_and_schedule(tmp_path, monkeypatch):
    """Those given replace the defaults; the record names the schedule."""
    seen = {}

    def train(explainer, dataset, **arguments):
        seen.update(arguments, explainer=explainer)
        return {"loss": [1.0]}

    monkeypatch.setattr(learning, "train_explainer", train)
    monkeypatch.setattr(
        Explainer, "in_float32", lambda explainer, *_: explainer
    )
    told = io.StringIO()
    monkeypatch.setattr(step, "slow_precision", "{} is slower".format)
    settings = Settings(
        **{"epochs": 4, "learning_epochs": 3, "learning_rate": 1e-3},
        **{"filter_weight": 0.5, "filter_schedule": "decay", "eta": 2.0},
        **{"frozen_learning_rate": 1e-4, "peak_score": 0.1},
        **{"norm": "sum", "initial_p": 0.6, "filter_loss": "paper"},
        **{"variant": "explainer_cls", "precision": "mixed_bfloat16"},
    )
    job = types.SimpleNamespace(
        settings=settings,
        folder=OutFolder(tmp_path),
        console=Console(file=told),
        features=lambda explainer, split, tell, moved: split,
        spread_performer=toy_performer(),
        strategy=tf.distribute.get_strategy(),
        call_others=lambda: None,
        dataset=types.SimpleNamespace(
            negative_category=None,
            categories=("cat", "dog", "cow"),
            splits={"train": range(64)},
        ),
    )
    record = step.explain(job)
    assert seen["explainer"].class_names == job.dataset.categories
    assert seen["schedule"] == Schedule(
        epochs=4,
        learning_epochs=3,
        filter_weight=0.5,
        filter_schedule="decay",
        learning_rate=1e-3,
        frozen_learning_rate=1e-4,
    )
    assert seen["features"] == "train"
    made = seen["explainer"].settings
    assert (made.eta, made.peak_score, made.norm) == (2.0, 0.1, "sum")
    assert (made.initial_p, made.filter_loss) == (0.6, "paper")
    assert seen["explainer"].dtype_policy.name == "mixed_bfloat16"
    assert (made.variant, made.learn_from) == ("explainer_cls", "labels")
    assert record["schedule"]["learning_epochs"] == 3
    assert record["precision"] == "mixed_bfloat16"
    assert "mixed_bfloat16 is slower" in told.getvalue()
