"""Every option of the explainer reaches the trials of a search."""

import dataclasses
import io
import types

import keras_tuner
import numpy as np
import pytest
import tensorflow as tf
from rich.console import Console

from tf_explainer.config.schedule import Schedule
from tf_explainer.config.search import TuneSettings
from tf_explainer.config.settings import Settings
from tf_explainer.datasets.part_dataset import PartDataset, PartSplit
from tf_explainer.experiments import search as step
from tf_explainer.experiments.search_folder import TuneFolder
from tf_explainer.experiments.search_images import hyper_model
from tf_explainer.testing import toy_images, toy_performer

LAYERS = {
    "target_layer": "relu3",
    "replaced_layer": "relu4",
    "reconstructed_layers": ("fc6",),
}
FIELDS = [
    field
    for field in dataclasses.fields(TuneSettings)
    if field.metadata["group"] == "explainer"
]


@pytest.fixture(scope="module")
def parts():
    """The performer and the images of a search."""
    images = toy_images(20).astype("uint8")
    split = PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=np.arange(20, dtype="int32") % 2,
        landmarks=np.zeros((20, 0, 2), "float32"),
        files=tuple(map(str, range(20))),
    )
    splits = {"train": split, "test": split}
    return toy_performer(), PartDataset("toy", ("a", "b"), (), splits)


def _other(field):
    """A value that is not the default."""
    if field.metadata["choices"]:
        return field.metadata["choices"][1]
    if field.name in LAYERS:
        return LAYERS[field.name]
    if field.type is bool:
        return not field.metadata["default"]
    return 2 if field.type is int else 0.25


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_each_option_of_the_explainer(parts, field):
    """Given to the search, it holds in all of its trials."""
    given = {field.name: _other(field)}
    model = _model(parts, given)
    hp = keras_tuner.HyperParameters()
    explainer, found = model.build(hp), model.settings(hp)
    made = {
        **dataclasses.asdict(Schedule.of(model.epochs, **_numbers(found))),
        **vars(explainer.attachment.cut),
        **vars(explainer.settings),
        "precision": explainer.dtype_policy.name,
    }
    assert made[field.name] == given[field.name]


def test_what_is_searched_are_options_of_a_run(parts):
    """Else `run --config best.toml` would refuse what was found."""
    found = _model(parts, {}).settings(keras_tuner.HyperParameters())
    assert {"removal", "noise", "learning_epochs"} <= set(found)
    Settings(**found)
    model = _model(parts, {"preset": "filters"})
    found = model.settings(keras_tuner.HyperParameters())
    searched = {k: v for k, v in found.items() if k not in model.fixed}
    # Without landmarks `diversity` stays what it is.
    assert {"filter_weight", "stray_limit"} <= set(searched)
    assert {"diversity", "diversity_reach"} <= set(model.fixed)
    Settings(**searched)


def test_why_a_trial_failed_is_no_markup(parts, tmp_path, monkeypatch):
    """Brackets in the message are shown as they are."""
    failed = types.SimpleNamespace(
        trial_id="0", status="FAILED", score=None, message="no layer [/y]"
    )

    class Tuner:
        """One trial, which failed."""

        def __init__(self, *args, told, **kwargs):
            self.search, self.total = lambda: told(failed), 20

    monkeypatch.setattr(step, "ExplainerTuner", Tuner)
    monkeypatch.setattr(step, "write_results", lambda *_: ["a row"])
    monkeypatch.setattr(step, "hyper_model", lambda *_: None)
    text = io.StringIO()
    job = types.SimpleNamespace(
        settings=TuneSettings(), console=Console(file=text, width=80)
    )
    step._search(job, {}, TuneFolder(tmp_path))
    assert "trial 1/20: failed: no layer [/y]" in text.getvalue()


def _model(parts, given):
    """What the command searches with the options given."""
    performer, data = parts
    job = types.SimpleNamespace(
        settings=TuneSettings(**given),
        performer=performer,
        whole=lambda image_size: data,
    )
    bar = types.SimpleNamespace(on_features=None)
    return hyper_model(job, given, bar)


def _numbers(found):
    names = {field.name for field in dataclasses.fields(Schedule)} - {"epochs"}
    return {name: found[name] for name in names & set(found)}
