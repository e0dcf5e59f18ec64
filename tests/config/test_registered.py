"""What the command line offers is what the files of the package register."""

import inspect

import pytest

from tf_explainer import registry
from tf_explainer.losses import FILTER_LOSSES
from tf_explainer.performers import PERFORMERS
from tf_explainer.registry import registered_names


def test_every_registered_performer_that_takes_weights():
    """Found without importing them; one that takes none is left out."""
    expected = [
        name
        for name in PERFORMERS.names()
        if "weights" in inspect.signature(PERFORMERS.get(name)).parameters
    ]
    found = registered_names("performers", "PERFORMERS", "weights")
    assert list(found) == expected
    assert {"alexnet", "vgg_m", "vgg_s", "vgg_16"} <= set(expected)
    assert "small_cnn" not in expected


def test_every_registered_filter_loss():
    """The losses that Python knows, no more and no less."""
    found = registered_names("losses", "FILTER_LOSSES")
    assert list(found) == FILTER_LOSSES.names()


@pytest.mark.parametrize("takes", ["", "context"])
def test_a_new_file_is_found(tmp_path, monkeypatch, takes):
    """A decorator with a name is enough; other decorators are left out."""
    (tmp_path / "losses").mkdir()
    (tmp_path / "losses" / "mine.py").write_text(
        'import nowhere\n\n@FILTER_LOSSES.register("mine")\n'
        "def mine(maps, context):\n    pass\n\n@other.register('yours')\n"
        "def yours(maps, context):\n    pass\n"
    )
    monkeypatch.setattr(registry, "__file__", str(tmp_path / "registry.py"))
    found = registered_names("losses", "FILTER_LOSSES", takes)
    assert found == ("mine",)
