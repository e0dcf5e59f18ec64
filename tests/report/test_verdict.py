"""The verdict comes first, and nothing is ticked that it denies."""

import pytest

from tf_explainer.report.plain_words import findings, verdict

USABLE = {
    "delta_error": 0.5,
    "explainer": {"accuracy": 0.95, "agreement": 0.97},
    "performer": {"accuracy": 0.955},
    "images": {"train": 900, "test": 500, "skipped": 0},
}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "usable"),
        ({"delta_error": 3.0}, "with care"),
        ({"images": {"train": 9, "test": 60, "skipped": 0}}, "with care"),
        ({"p": 0.3}, "with care"),
        ({"delta_error": 12.0}, "do not rely on it"),
        (
            {"explainer": {"accuracy": 0.95, "agreement": 0.7}},
            "do not rely on it",
        ),
        (
            {"contributions": {"parts": {}, "other": 0.1}},
            "do not rely on it",
        ),
    ],
)
def test_judged_where_nobody_has_judged(result, changes, name):
    """Accuracy lost, agreement and share decide; the worst reason stands."""
    steady = {"location_instability": 0.001, "alive": 7}
    layers = result["layers"]
    layers["interp_2"] |= steady
    found = verdict({**result, **USABLE, **changes})
    assert found.verdict == name
    worst = {"usable": "good", "with care": "note"}.get(name, "bad")
    assert found.kind == worst
    if name != "with care":
        assert found.reasons[0].kind == worst


def test_no_tick_beside_a_bad_verdict(result):
    """Twelve points lost: skill and p are told, but not as good news."""
    denied = {**result, **USABLE, "delta_error": 12.0, "p": 0.97}
    assert any(one.kind == "good" for one in findings({**result, **USABLE}))
    assert not any(one.kind == "good" for one in findings(denied))
    assert not any(one.kind == "good" for one in verdict(denied).reasons)


def test_measured_trust_is_taken_as_it_is(result):
    """Its verdict and reasons, the worst first."""
    reasons = [
        {"kind": "good", "text": "They agree."},
        {"kind": "bad", "text": "Parts carry 10 %."},
    ]
    trust = {"verdict": "do not rely on it", "reasons": reasons}
    found = verdict({**result, **USABLE, "trust": trust})
    assert found.verdict == "do not rely on it"
    assert [(one.kind, one.text) for one in found.reasons] == [
        ("bad", "Parts carry 10 %."),
        ("note", "They agree."),
    ]
    trust = {"verdict": "usable", "reasons": reasons[:1]}
    kept = verdict({**result, "delta_error": 12.0, "trust": trust})
    assert (kept.kind, kept.reasons[0].kind) == ("good", "good")
