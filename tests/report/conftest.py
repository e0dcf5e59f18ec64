"""A whole result, and pages made of it."""

import pytest

from tf_explainer.evaluation.result import measure
from tf_explainer.report.page import write_report

REST = {
    "settings": {"epochs": 3, "data": None},
    "seed": 0,
    "versions": {"keras": "3.15.1"},
    "seconds": {"explain": 12.5},
}
HISTORY = {"p": [0.5, 0.75], "reconstruction_loss": [2.0, 1.0]}


@pytest.fixture
def result(observation):
    """The result of the made observation."""
    return {**measure(observation), **REST}


@pytest.fixture
def page(tmp_path, made_images):
    """Maker of pages: observation (and more) to HTML text."""

    def make(observation, images=made_images, history=HISTORY, **changes):
        result = {**measure(observation), **REST, **changes}
        path = tmp_path / "report.html"
        write_report(path, result, observation, history, images)
        return path.read_text(encoding="utf-8")

    return make
