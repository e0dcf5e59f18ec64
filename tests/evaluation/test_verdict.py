"""A word for all of it: the worst reason decides."""

import re
from pathlib import Path

import pytest

from tf_explainer.evaluation.verdict import LIMITS, VERDICTS, judged, worst

ROOT = Path(__file__).parents[2]

GOOD = {
    "images": 600,
    "agreement": 0.95,
    "delta_error": 1.0,
    "share": 0.9,
    "equivariance": 0.8,
    "fidelity": 0.6,
    "fidelity_images": 24,
    "fidelity_area": 0.1,
    "fidelity_above_area": 0.5,
    "fidelity_above_area_interval": [0.3, 0.7],
    "fidelity_chance": 0.2,
    "fidelity_above_chance": 0.4,
    "fidelity_above_chance_interval": [0.1, 0.7],
}


def kinds(found):
    """Of the reasons, in their order."""
    return [reason["kind"] for reason in found["reasons"]]


def test_all_is_well():
    """Five sentences with their numbers, all of them good."""
    found = judged(GOOD)
    assert found["verdict"] == "usable" and kinds(found) == ["good"] * 5
    text = " ".join(reason["text"] for reason in found["reasons"])
    for number in ("95.0 %", "600", "1.0 points", "90 %", "0.80", "0.60"):
        assert number in text
    assert "more than" in text and "no more" not in text


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"agreement": 0.85}, "note", "decide alike on 85.0 %"),
        ({"agreement": 0.79}, "bad", "decide alike"),
        ({"delta_error": 2.0}, "good", "2.0 points of accuracy are lost"),
        ({"delta_error": 2.1}, "note", "are lost"),
        ({"delta_error": 5.1}, "bad", "5.1 points"),
        ({"delta_error": -8.0}, "good", "8.0 points of accuracy are won"),
        ({"share": 0.6}, "note", "Without the parts 60 %"),
        ({"share": 0.4}, "bad", "40 %"),
        ({"equivariance": 0.3}, "note", "0.30"),
        ({"equivariance": -1.0}, "bad", "-1.00"),
        ({"fidelity": 0.3}, "note", "0.30"),
        ({"fidelity": -0.1}, "bad", "-0.10"),
        ({"images": 49}, "note", "Only 49 images"),
    ],
)
def test_one_number_decides(change, kind, words):
    """It gives its reason; the others are as they were."""
    found = judged({**GOOD, **change})
    assert found["verdict"] == VERDICTS[kind]
    told = [one["text"] for one in found["reasons"] if one["kind"] == kind]
    assert any(words in text for text in told)
    assert kinds(found)[1:] in (["good"] * 4, ["good"] * 5)


@pytest.mark.parametrize(
    ("above", "low", "kind", "words"),
    [
        (0.1, 0.01, "good", " more than"),
        (0.1, -0.01, "note", "not clearly more than"),
        (0.0, -0.1, "bad", "no more than"),
        (-0.2, -0.3, "bad", "no more than"),
    ],
)
@pytest.mark.parametrize("control", ["area", "chance"])
def test_beside_its_controls(control, above, low, kind, words):
    """The interval of the difference decides; the one that wins is named."""
    name = f"fidelity_above_{control}"
    change = {name: above, f"{name}_interval": [low, 0.9]}
    found = judged({**GOOD, **change})
    assert found["verdict"] == VERDICTS[kind]
    text = next(
        one["text"] for one in found["reasons"] if "correlation" in one["text"]
    )
    assert words in text
    named = {
        "area": "size of each region" in text,
        "chance": "another image" in text,
    }
    assert named[control]
    assert all(named.values()) == (kind == "good")


def test_a_single_image_is_not_clear():
    """It has no interval."""
    numbers = {k: v for k, v in GOOD.items() if not k.endswith("interval")}
    assert judged(numbers)["verdict"] == "with care"


def test_nothing_is_beaten_without_controls():
    """A high correlation alone is no pass."""
    numbers = {k: v for k, v in GOOD.items() if "_above_" not in k}
    found = judged(numbers)
    assert found["verdict"] == "with care"
    assert found["reasons"][0]["text"].endswith("; no control has one.")


@pytest.mark.parametrize("name", ["share", "equivariance", "fidelity"])
def test_what_is_not_known_asks_for_care(name):
    """It is told, and is no pass."""
    numbers = {k: v for k, v in GOOD.items() if not k.startswith(name)}
    found = judged(numbers)
    assert found["verdict"] == "with care"
    assert "could not be measured" in found["reasons"][0]["text"]


def test_filters_are_never_just_usable():
    """Nothing of what they give was checked."""
    numbers = {name: GOOD[name] for name in ("images", "agreement", "share")}
    found = judged(numbers, parts=False)
    assert kinds(found) == ["note", "good", "good"]
    assert "not checked" in found["reasons"][0]["text"]
    assert "passes through the filters" in found["reasons"][2]["text"]


def test_limits_have_an_order():
    """What is good is never bad; the ends belong to the better side."""
    for limits in LIMITS.values():
        assert limits.kind(limits.good) == "good"
        assert limits.kind(limits.bad) == "note"
        beyond = limits.bad + (limits.bad - limits.good) / 10
        assert limits.kind(beyond) == "bad"
    assert worst(["good", "bad", "note"]) == "bad"


def test_the_page_has_the_same_limits():
    """One row for each, in per cent where it is a share."""
    text = (ROOT / "docs" / "pages" / "numbers.md").read_text("utf-8")
    _, section = text.split("## Trust\n")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*)$", section, re.MULTILINE))
    for name, limits in LIMITS.items():
        percent = name in ("agreement", "share")
        good, bad = (
            f"{100 * limit:g} %" if percent else f"{limit:g}"
            for limit in limits
        )
        *_, told_good, told_bad, _ = rows[name].split("|")
        assert re.search(rf"(?<![\d.]){good}(?![\d.])", told_good), name
        assert re.search(rf"(?<![\d.]){bad}(?![\d.])", told_bad), name
