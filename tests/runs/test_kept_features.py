"""The performer sees an image once, and its moved views only if asked."""

import types

import pytest

from tf_explainer.config.settings import Settings
from tf_explainer.explainer import Explainer
from tf_explainer.runs.job import KeptFeatures
from tf_explainer.testing import toy_images, toy_performer


@pytest.fixture
def ask():
    """Asks for the features of a split, and counts the looks."""
    images, kept = toy_images(4), KeptFeatures()
    explainer = Explainer.from_performer(toy_performer())
    split = types.SimpleNamespace(batches=lambda size: images, files=("a",))
    looks = []

    def run(name, moved=False, **options):
        settings = Settings(views=2, **options)
        tell = lambda done, total: looks.append(name)  # noqa: E731
        return kept.of(explainer, settings, name, split, tell, moved)

    run.looks, run.split = looks, split
    return run


def test_views_are_made_when_they_are_asked_for(ask):
    """Who measures needs none; who learned them leaves them for measuring."""
    plain = ask("train")
    assert "frames" not in plain.element_spec
    moved = ask("train", moved=True)
    assert moved.element_spec["frames"].shape[0] == 3
    looks = len(ask.looks)
    assert ask("train") is moved and ask("train", moved=True) is moved
    assert len(ask.looks) == looks
    assert "frames" not in ask("test").element_spec


def test_other_files_take_their_place(ask):
    """Of class folders the seed chooses which images are of a split."""
    first = ask("train")
    ask.split.files = ("b",)
    second = ask("train", seed=5)
    assert second is not first and ask("train", seed=5) is second


def test_other_images_take_their_place(ask):
    """A seed and the landmarks change no image."""
    first = ask("train")
    assert ask("train", seed=5, landmarks=("head",)) is first
    assert ask("train", image_size=64) is not first


def test_views_are_those_of_the_seed(ask):
    """A run of a grid learns from what it learns from alone."""
    first = ask("train", moved=True)
    second = ask("train", moved=True, seed=5)
    assert second is not first
    frames = [next(iter(one))["frames"].numpy() for one in (first, second)]
    assert (frames[0] != frames[1]).any()
