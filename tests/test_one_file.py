"""What CONTRIBUTING promises: to add something, write one file."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "tf_explainer"
FILES = {
    "losses/mine.py": '''
import tensorflow as tf

from tf_explainer.losses.filter_losses import FILTER_LOSSES, reads_views


@FILTER_LOSSES.register("mine")
@reads_views
def louder(maps, context):
    """Asks filters to fire; it is only called with the views it asked for."""
    if context.frames is None:
        raise ValueError("no views")
    alive = tf.cast(maps > 0, maps.dtype)
    return -tf.reduce_mean(maps, axis=(0, 1, 2)), -alive / 100
''',
    "performers/mine_network.py": '''
from tf_explainer.performers.performer_registry import (
    PERFORMERS,
    RECIPES,
    Recipe,
)
from tf_explainer.performers.small_network import small_cnn

RECIPES.register("mine")(Recipe(epochs=2, learning_rate=1e-3))


@PERFORMERS.register("mine")
def mine(classes, image_size=32, weights=None):
    """A small CNN for small images; the file of weights is not read."""
    return small_cnn(classes, image_size, width=4, units=16)
''',
    "datasets/mine/mine_dataset_builder.py": '''
import numpy as np
import tensorflow_datasets as tfds


class Builder(tfds.core.GeneratorBasedBuilder):
    """Bright and dark squares on noise."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=(32, 32, 3)),
                    "label": tfds.features.ClassLabel(names=["dark", "bright"]),
                    "landmarks": tfds.features.Tensor(
                        shape=(1, 2), dtype=np.float32
                    ),
                    "file": tfds.features.Text(),
                }
            ),
            metadata=tfds.core.MetadataDict(landmark_names=["square"]),
        )

    def _split_generators(self, dl_manager):
        splits = ("train", "test")
        return {split: self._generate_examples(split) for split in splits}

    def _generate_examples(self, split):
        random = np.random.default_rng(len(split))
        for index in range(16):
            image = random.integers(80, 170, (32, 32, 3)).astype("uint8")
            row, column = random.integers(4, 20, 2)
            image[row : row + 8, column : column + 8] = 255 * (index % 2)
            yield index, {
                "image": image,
                "label": index % 2,
                "landmarks": np.float32([[row + 4, column + 4]]) / 32,
                "file": f"{split}/{index}",
            }
''',
    "evaluation/metrics/mine.py": '''
from tf_explainer.evaluation.metrics import METRICS


@METRICS.register("mine_measured")
def mine(train, test):
    """A sentence of mine about a half."""
    return 0.5
''',
    "evaluation/controls/mine.py": '''
from tf_explainer.evaluation.controls import CONTROLS


@CONTROLS.register("mine_control")
def mine(train, test, seed):
    """Leaves the peaks as they are."""
    return train, test
''',
    "evaluation/causal/mine.py": '''
import numpy as np

from tf_explainer.evaluation.causal import CLAIMS, FILLS


@CLAIMS.register("mine")
def mine(claimed):
    """Whatever I claim.

    Nothing at all.
    """
    return claimed.over_parts(np.zeros(claimed.part_maps.shape))


@FILLS.register("mine")
def gray(images, masks, others):
    """Gray."""
    return np.full_like(images, 128)
''',
    "visualization/mine.py": '''
from matplotlib.figure import Figure

from tf_explainer.visualization import PLOTS


@PLOTS.register("mine")
def mine(history):
    """Draws the loss."""
    figure = Figure(label="a picture of mine")
    figure.subplots().plot(history["loss"])
    return figure
''',
    "cli/mine.py": '''
import typer

from tf_explainer.cli import COMMANDS


@COMMANDS.register("mine")
def mine() -> None:
    """Say something of mine."""
    from tf_explainer.evaluation.causal import CLAIMS, FILLS
    from tf_explainer.report.full_measures import causal_tables

    counts = {"filters": 1, "cases": 1, "images": 1}
    claims = {"mine": {"by_image": 0.5}}
    assert "mine" in CLAIMS.names() and "mine" in FILLS.names()
    typer.echo(causal_tables({**counts, "claims": claims})[1]["rows"])
''',
}
FIELD = """    mine_limit: int = option(3, "My limit.", "data", minimum=2)
"""
ABOVE = "    seed: int = option("


@pytest.fixture(scope="module")
def call(tmp_path_factory):
    """Caller of the command line of a copy of the package with the files."""
    root = tmp_path_factory.mktemp("copy")
    copy = root / "tf_explainer"
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, copy, ignore=unwanted)
    for name, text in FILES.items():
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text(f'"""Mine."""\n{text}')
    options = copy / "config" / "data.py"
    text = options.read_text(encoding="utf-8")
    assert text.count(ABOVE) == 1
    text = text.replace(ABOVE, FIELD + ABOVE)
    options.write_text(text, encoding="utf-8")

    def call(*arguments, status=0):
        done = subprocess.run(
            [sys.executable, "-m", "tf_explainer", *arguments],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root), "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    return call


def test_help_shows_them(call):
    """A command among the commands, an option and words among the options."""
    assert "Say something of mine." in call("--help")
    told = " ".join(call("run", "--help").split())
    assert "--mine-limit" in told and "My limit." in told


@pytest.mark.slow
def test_command_and_claim(call):
    """The claim stands in the table by the first sentence of its docstring."""
    assert "['Whatever I claim', '0.50', '–', '–']" in call("mine")


def test_option_is_checked(call, tmp_path):
    """By the bounds of its field, before TensorFlow is imported."""
    out = ("--out", str(tmp_path / "out"))
    told = call("run", "--mine-limit", "1", *out, status=2)
    assert "error: `--mine-limit` must be >= 2, received 1" in told


@pytest.mark.slow
def test_run_with_all_of_them(call, tmp_path):
    """Filter loss, performer, data set, measure, control, plot and option."""
    weights, out = tmp_path / "weights.h5", tmp_path / "out"
    weights.write_bytes(b"")
    call(
        *("run", "--data", "mine", "--data-dir", str(tmp_path / "data")),
        *("--backbone", "mine", "--weights", str(weights)),
        *("--filter-loss", "mine", "--epochs", "1", "--batch-size", "8"),
        *("--mine-limit", "7", "--out", str(out)),
    )
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    settings = result["settings"]
    assert settings["filter_loss"] == "mine" and settings["mine_limit"] == 7
    assert settings["performer_epochs"] == 2
    assert result["data"]["name"] == "mine"
    assert result["layers"]["interp_2"]["mine_measured"] == 0.5
    control = result["controls"]["mine_control"]
    assert control["skill"] == result["layers"]["interp_2"]["skill"]
    assert control["mine_measured"] == 0.5
    page = (out / "report.html").read_text(encoding="utf-8")
    for text in ("A sentence of mine about a half.", "a picture of mine"):
        assert text in page
