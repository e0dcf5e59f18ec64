"""Callbacks refuse arguments that make no sense."""

import functools

import pytest

from tf_explainer import callbacks


@pytest.mark.parametrize(
    "kind,name,value",
    [
        (callbacks.UpdateAlpha, "momentum", 1.0),
        (callbacks.UpdateAlpha, "every", 0),
        (callbacks.UpdateFilterLossWeight, "filter_weight", -1.0),
        (callbacks.UpdateFilterLossWeight, "every", 0),
        (callbacks.FreezeInterpretableTrack, "epoch", -1),
        (
            functools.partial(callbacks.FreezeInterpretableTrack, 1),
            "ordinary_dropout",
            1.0,
        ),
        (
            functools.partial(callbacks.FreezeInterpretableTrack, 1),
            "stray_limit",
            -0.5,
        ),
    ],
)
def test_message_names_argument_and_value(kind, name, value):
    """`name` … received value."""
    with pytest.raises(ValueError, match=f"`{name}`.*received {value}"):
        kind(**{name: value})
