"""Which precision is quick on this machine, and which is slower."""

from pathlib import Path

import pytest

from tf_explainer.config.settings import Settings
from tf_explainer.runs import machine as room
from tf_explainer.runs.machine import chosen_precision, slow_precision


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


@pytest.mark.parametrize(
    ("flags", "strategy", "chosen"),
    [
        ("fpu avx2 avx512_bf16 sse", "none", "mixed_bfloat16"),
        ("fpu amx_bf16", "none", "mixed_bfloat16"),
        ("fpu avx2 avx512f", "none", "float32"),
        ("", "none", "float32"),
        # Other machines may have other processors.
        ("fpu amx_bf16", "multiworker", "float32"),
    ],
)
def test_auto_asks_the_processor(
    flags: str,
    strategy: str,
    chosen: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Whether it multiplies bfloat16; what is named is taken as it is."""
    file = tmp_path / "cpuinfo"
    file.write_text(f"processor\t: 0\nflags\t\t: {flags}\n", encoding="utf-8")
    monkeypatch.setattr(room, "_CPUINFO", file)
    monkeypatch.setattr(
        room.tf.config, "list_physical_devices", lambda kind: []
    )
    auto = Settings(precision="auto", strategy=strategy)
    assert chosen_precision(auto) == chosen
    for named in ("float32", "mixed_bfloat16"):
        assert chosen_precision(Settings(precision=named)) == named


def test_auto_leaves_a_gpu_at_float32(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """There the processor does not multiply."""
    file = tmp_path / "cpuinfo"
    file.write_text("flags : amx_bf16\n", encoding="utf-8")
    monkeypatch.setattr(room, "_CPUINFO", file)
    monkeypatch.setattr(
        room.tf.config, "list_physical_devices", lambda kind: [kind]
    )
    assert chosen_precision(Settings(precision="auto")) == "float32"
