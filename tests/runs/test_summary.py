"""The last lines of a run."""

import io
import json

import pytest
from rich.console import Console

from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.runs.step_order import STEPS
from tf_explainer.runs.terminal import print_summary, summary_rows

RESULT = {
    "data": {"categories": ["cat", "dog"]},
    "images": {"train": 90, "test": 40, "skipped": 0},
    "performer": {"accuracy": 0.975},
    "explainer": {"accuracy": 0.95},
    "delta_error": 2.5,
    "p": 0.81,
    "layers": {
        "interp_2": {"skill": 0.31},
        "top_conv": {"skill": -1.2},
    },
    "controls": {"untrained": {"skill": -0.4}},
    "parts": {
        "found": {
            "head": {"filters": 7, "chosen_skill": 0.4},
            "tail": {"filters": 0, "chosen_skill": 0.6},
            "wing": {"filters": 0},
        },
        "other": 3,
    },
}


pytestmark = pytest.mark.usefixtures("few_numbers")


def test_rows_tell_the_controls_too():
    """No skill without what it must be compared with."""
    rows = {what: (value, note) for what, value, note in summary_rows(RESULT)}
    assert rows["performer's accuracy"][0] == "97.5 %"
    assert rows["explainer's accuracy"] == ("95.0 %", "costs 2.5 points")
    interval = {"delta_error_interval": [-0.4, 5.44]}
    told = {what: note for what, _, note in summary_rows(RESULT | interval)}
    assert told["explainer's accuracy"] == (
        "costs 2.5 points (95 %: -0.4 to 5.4)"
    )
    value, note = rows["skill of the filters"]
    assert value == "0.31"
    assert "untrained -0.40" in note and "top conv -1.20" in note
    assert rows["parts found"] == ("1 of 3", "filters: head 7")
    assert rows["parts told well"][0] == "1 of 3"


def test_rows_tell_what_the_filters_give():
    """Beside p, which is only the weight of their track."""
    shares = {"parts": {"head": 0.25, "tail": -0.05}, "other": 0.02}
    result = {**RESULT, "contributions": shares}
    rows = {what: value for what, value, _ in summary_rows(result)}
    assert rows["through the filters"] == "22.0 %"


def test_rows_without_landmarks():
    """What cannot be measured is left out."""
    result = {**RESULT, "layers": {"interp_2": {}, "top_conv": {}}}
    del result["parts"]
    names = [row[0] for row in summary_rows(result)]
    assert names == ["performer's accuracy", "explainer's accuracy", "p"]


def test_words_in_brackets_are_no_markup(tmp_path):
    """Names of landmarks and folders are shown as they are."""
    part = {"filters": 7, "chosen_skill": 0.4}
    parts = {"found": {"wing [left]": part, "[/y]": part}, "other": 0}
    folder = OutFolder(tmp_path / "a [b]")
    folder.path.mkdir()
    folder.result.write_text(json.dumps({**RESULT, "parts": parts}))
    folder.report.write_text("")
    text = io.StringIO()
    print_summary(folder, ["report"], Console(file=text, width=200))
    for word in ("wing [left] 7", "[/y] 7", f"{folder.report}"):
        assert word in text.getvalue()


@pytest.mark.parametrize(
    ("accuracy", "words"),
    [(0.0, "in another order than"), (0.5, "by guessing"), (0.9, "")],
)
def test_a_weak_performer_is_told(tmp_path, accuracy, words):
    """On the terminal as in the report."""
    folder = OutFolder(tmp_path / "a")
    folder.path.mkdir()
    result = {**RESULT, "performer": {"accuracy": accuracy}}
    folder.result.write_text(json.dumps(result))
    text = io.StringIO()
    print_summary(folder, ["evaluate"], Console(file=text, width=500))
    assert words in text.getvalue()
    assert ("The performer is right" in text.getvalue()) == bool(words)


def test_files_that_were_not_written_are_not_shown(tmp_path):
    """Of a step that was left out."""
    folder, text = OutFolder(tmp_path / "a"), io.StringIO()
    (folder.path / "saved_model" / "1").mkdir(parents=True)
    print_summary(folder, tuple(STEPS), Console(file=text, width=100))
    assert "saved_model" in text.getvalue()
    assert "report.html" not in text.getvalue()


@pytest.mark.parametrize(
    ("steps", "shown", "hidden"),
    [
        (tuple(STEPS), ["97.5 %", "report.html", "saved_model"], [".npz"]),
        (("export",), ["saved_model"], ["97.5 %", "report.html"]),
    ],
)
def test_summary_shows_what_was_asked_for(tmp_path, steps, shown, hidden):
    """A single step shows its own files."""
    folder = OutFolder(tmp_path / "a")
    for step in STEPS.values():
        for name in step.leaves:
            (folder.path / name).parent.mkdir(parents=True, exist_ok=True)
            (folder.path / name).touch()
    folder.result.write_text(json.dumps(RESULT))
    text = io.StringIO()
    print_summary(folder, steps, Console(file=text, width=100))
    for word in shown:
        assert word in text.getvalue()
    for word in hidden:
        assert word not in text.getvalue()


def test_the_verdict_is_told_with_its_reasons(tmp_path):
    """Brackets in it are no markup."""
    folder = OutFolder(tmp_path)
    reasons = [
        {"kind": "bad", "text": "Too much is lost [b]."},
        {"kind": "good", "text": "Parts carry it."},
    ]
    trust = {"verdict": "do not rely on it", "reasons": reasons}
    folder.result.write_text(json.dumps(RESULT | {"trust": trust}))
    told = io.StringIO()
    print_summary(folder, ["evaluate"], Console(file=told, width=200))
    shown = told.getvalue()
    assert "Can it be relied on? do not rely on it" in shown
    assert "  - Too much is lost [b]." in shown
    assert "  + Parts carry it." in shown
