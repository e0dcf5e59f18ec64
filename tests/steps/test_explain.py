"""Every option of the explainer reaches it."""

import io
import types

import numpy as np
import tensorflow as tf
from rich.console import Console

from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.datasets.part_split import PartSplit
from tf_explainer.steps import explain as step
from tf_explainer.steps.out_folder import OutFolder
from tf_explainer.steps.settings import Settings
from tf_explainer.testing import toy_images, toy_performer
from tf_explainer.training import Schedule


def test_options_reach_explainer_and_schedule(tmp_path, monkeypatch):
    """Those given replace the defaults; the record names the schedule."""
    seen = {}

    def train(explainer, dataset, **arguments):
        seen.update(arguments, explainer=explainer)
        return {"loss": [1.0]}

    monkeypatch.setattr(step, "train_explainer", train)
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
        performer=toy_performer(),
        dataset=types.SimpleNamespace(
            negative_category=None, splits={"train": range(64)}
        ),
    )
    record = step.explain(job)
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
    assert "mixed_bfloat16 is slower" in told.getvalue()


def test_drift_guard_watches_images_that_are_not_learned_from(
    tmp_path, monkeypatch
):
    """A tenth of the training images; the rest is learned from."""
    seen = {}

    def train(explainer, **arguments):
        seen.update(arguments, explainer=explainer)
        return {"loss": [1.0], "proxy": [0.1]}

    monkeypatch.setattr(step, "train_explainer", train)
    images = toy_images(20)
    split = PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images.astype("uint8")),
        labels=np.arange(20, dtype="int32") % 2,
        landmarks=np.zeros((20, 0, 2), "float32"),
        files=tuple(map(str, range(20))),
    )
    job = types.SimpleNamespace(
        settings=Settings(drift_guard=2, epochs=1),
        folder=OutFolder(tmp_path),
        console=Console(file=io.StringIO()),
        features=lambda explainer, split, tell, moved: (
            explainer.cached_features(images)
        ),
        performer=toy_performer(),
        dataset=PartDataset("toy", ("a", "b"), (), {"train": split}),
    )
    step.explain(job)
    assert seen["schedule"].drift_guard == 2
    held, rest = (seen["dataset"].splits[k] for k in ("test", "train"))
    assert len(held) == 2 and len(rest) == 18
    assert not set(held.files) & set(rest.files)
    scores = np.stack([one["scores"] for one in seen["features"]])
    expected = job.performer(images[np.array(rest.files, int)])
    np.testing.assert_allclose(scores, expected, atol=1e-5)
    assert -1 <= seen["proxy"](seen["explainer"]) <= 1
