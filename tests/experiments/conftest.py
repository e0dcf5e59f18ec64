"""A grid of runs, and calls that stand for its processes."""

import pytest

from tf_explainer.config.settings import Settings
from tf_explainer.config.toml import read_config
from tf_explainer.experiments.grid import Experiment

PLAN = """
seeds = [0, 1]
[options]
epochs = 3
[networks.small]
[networks.mobile]
backbone = "mobilenet"
weights = "mobile.h5"
needs = ["mobile.h5 of its place"]
[data.animals]
data = "data/animals"
single = ["cat", "dog"]
multi = ["cat", "dog", "cow"]
data-option = {manual_dir = "data/by_hand"}
[variants.explainer]
[variants.plain]
filter-loss = "none"
"""


@pytest.fixture
def plan_file(tmp_path):
    """A grid of 2 networks, 3 tasks, 2 variants and 2 seeds."""
    path = tmp_path / "plan.toml"
    path.write_text(PLAN)
    return path


@pytest.fixture
def calls(monkeypatch):
    """The groups that were called; a run succeeds unless its name `fails`."""
    made = []

    def call(self, runs):
        made.append([run.folder for run in runs])
        for run in runs:
            files = self.files(run)
            if any(word in run.folder for word in call.fails):
                files.fail("it fails")
            elif any(word in run.folder for word in call.dies):
                return -9, "last words"
            else:
                _finish(files, self.steps)
        return 0, ""

    call.fails, call.dies, call.made = [], [], made
    monkeypatch.setattr(Experiment, "_call", call)
    return call


def _finish(files, steps):
    folder = files.folder
    settings = Settings(**read_config(files.config))
    folder.store_settings(settings)
    folder.write_json(folder.result, {"settings": settings.to_json()})
    for step in steps:
        folder.add_seconds(step, 120.0)
        folder.finish(step, {})
