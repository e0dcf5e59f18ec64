"""What outsiders use has a name in its room."""

import inspect

import pytest

import tf_explainer
from tf_explainer.performers import PERFORMERS

ROOMS = [name for name in tf_explainer.__all__ if name.islower()]


@pytest.mark.parametrize("room", [r for r in ROOMS if not r.startswith("_")])
def test_names_of_a_room(room):
    """They are there, sorted as a reader looks them up, and each once."""
    module = getattr(tf_explainer, room)
    names = getattr(module, "__all__", [])
    assert list(names) == sorted(set(names))
    assert all(hasattr(module, name) for name in names)


@pytest.mark.parametrize("name", PERFORMERS.names())
def test_performers_by_name(name):
    """Each network can be had by its own name; weights are not needed."""
    network = getattr(tf_explainer.performers, name)
    assert network is PERFORMERS.get(name)
    weights = inspect.signature(network).parameters.get("weights")
    assert weights is None or weights.default is None
