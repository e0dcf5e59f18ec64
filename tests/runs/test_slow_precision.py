"""A precision that is slower on this machine is told before it is used."""

import pytest

from tf_explainer.runs import machine as room
from tf_explainer.runs.machine import slow_precision


def test_float32_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to compare it with."""
    monkeypatch.setattr(room, "_seconds", lambda dtype: 1 / 0)
    assert slow_precision("float32") == ""


@pytest.mark.parametrize(("short", "told"), [(0.4, False), (13.0, True)])
def test_only_a_slower_one_is_told(
    short: float, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With how much slower it is."""
    times = {"float32": 1.0, "bfloat16": short}
    monkeypatch.setattr(room, "_seconds", times.__getitem__)
    said = slow_precision("mixed_bfloat16")
    assert bool(said) == told
    if told:
        assert "13.0 times as long as in float32" in said


def test_both_are_timed_on_this_machine() -> None:
    """Whatever it can multiply."""
    assert room._seconds("bfloat16") > 0
    assert room._seconds("float32") > 0
