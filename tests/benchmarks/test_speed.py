"""The scripts of speed: what they take for fast, and what they print."""

import pytest


@pytest.fixture(scope="module")
def timing(load_script):
    """How the scripts measure."""
    return load_script("speed_timing")


@pytest.fixture(scope="module")
def speed(load_script):
    """The script as a module."""
    return load_script("speed")


def test_calls_take_turns(timing):
    """Each is called once for nothing, then in turns."""
    seen = []
    calls = {name: lambda name=name: seen.append(name) for name in "ab"}
    spent = timing.seconds_of(calls, rounds=2)
    assert seen == [*"ab", *"abab"]
    assert all(seconds >= 0 for seconds in spent.values())


@pytest.mark.parametrize(
    "value,least,met",
    [(1.0, False, True), (1.1, False, False), (3.1, True, True)],
)
def test_targets(timing, value, least, met):
    """At most, or at least, what is asked."""
    target = 3.0 if least else 1.05
    assert timing.Row("a", "b", value, "×", target, least).is_met is met


def test_page_marks_what_is_missed(speed, timing):
    """In bold; what has no target has none in the table."""
    rows = [
        timing.Row("step", "plain", 1.2345, "×", 1.02),
        timing.Row("read", "the CNN", 9.0, "×", 3.0, at_least=True),
        timing.Row("mask", "", 5.0, "ms"),
    ]
    text = speed.page({"steps": rows}, 60)
    assert "| step | plain | 1.23 × | **≤ 1.02 ×** |" in text
    assert "| read | the CNN | 9 × | ≥ 3 × |" in text
    assert "| mask |  | 5 ms |  |" in text
    assert speed.processor()


def test_every_theme_is_known(speed, load_script):
    """Each name of the command line is measured by some function."""
    ours = {"filter losses", "steps", "memory", "scaling", "demo"}
    others = {
        *load_script("speed_data").THEMES,
        *load_script("speed_answers").THEMES,
    }
    assert ours | others == {*speed.THEMES}


def test_measures_on_few_images(load_script, monkeypatch):
    """Seconds, memory and the exponent, of all measures."""
    answers = load_script("speed_answers")
    monkeypatch.setattr(answers, "IMAGES", (100, 200))
    monkeypatch.setattr(answers, "FILTERS", 8)
    seconds, memory, exponent = answers.measures()
    assert seconds.value > 0 and memory.value >= 0
    assert exponent.target == 1.02


def test_losses_are_timed(load_script, monkeypatch):
    """The mask alone, and beside it each filter loss."""
    steps = load_script("speed_steps")
    monkeypatch.setattr(steps, "SHAPES", ((4, 4, 3, 2),))
    rows = steps.filter_losses()
    assert [row.what.split(",")[0] for row in rows] == [
        "mask alone",
        *(f"mask and {kind}" for kind in steps.KINDS),
    ]
    assert all(row.value > 0 for row in rows)
