"""The promises of `docs/trust.md`, each in its shortest form."""

import random

import pytest

from tests.torture.__main__ import main
from tests.torture.page import rewrite_rows, write_page
from tests.torture.promise import Budget, Outcome, Promise, all_promises

_SHORT = 1.0
# Minutes each: for `make torture` alone.
_LONG = (
    "killed export",
    "killed tune",
    "killed experiment",
    "killed serve",
    "soak",
)


def _each():
    for name, one in all_promises().items():
        if name in _LONG:
            continue
        marks = [] if one.quick else [pytest.mark.slow]
        yield pytest.param(one, id=name.replace(" ", "_"), marks=marks)


@pytest.mark.parametrize("promise", list(_each()))
def test_it_holds(promise):
    """With as few cases as there can be."""
    outcome = promise.try_(Budget(_SHORT), random.Random(1))
    if outcome.skipped:
        pytest.skip(outcome.skipped)
    assert not outcome.failures
    assert outcome.cases


def test_what_fails_is_told(tmp_path):
    """In the table and below it; nothing is hidden."""
    promise = Promise("a", "It holds.", "By <b>|", 1, True, lambda *_: None)
    rows = [
        (promise, Outcome(3, ["it does not"]), 1.0),
        (promise, Outcome(skipped="needs x"), 0.0),
    ]
    write_page(tmp_path / "trust.md", rows, 7, 60.0)
    text = (tmp_path / "trust.md").read_text()
    assert "| 3 | **1 failed**; 1 s |" in text
    assert "- a: it does not" in text and "not tried: needs x" in text
    assert "- seed: 7" in text and "By &lt;b>\\|" in text


def test_what_is_tried_again_takes_its_place(tmp_path):
    """And the page says so; all else stays."""
    page = tmp_path / "trust.md"
    one, two = (
        Promise(name, "It holds.", "So.", 1, True, lambda *_: None)
        for name in ("a", "b")
    )
    failed = Outcome(3, ["it does not"])
    write_page(page, [(one, failed, 1.0), (two, failed, 1.0)], 7, 60.0)
    new = Promise("c", "It holds.", "So.", 1, True, lambda *_: None)
    again = [(one, Outcome(5), 2.0), (new, Outcome(4), 2.0)]
    rewrite_rows(page, again, 8, 30.0)
    text = page.read_text()
    assert "| 5 | held; 2 s |" in text and "| **1 failed**; 1 s |" in text
    assert "| **c**: It holds. | So. | 4 | held; 2 s |" in text
    assert "- tried again: a, c; seed 8" in text
    assert "- b: it does not" in text and "- a: it does not" not in text
    rewrite_rows(page, [(two, Outcome(4), 2.0)], 8, 30.0)
    assert "## What failed" not in page.read_text()


@pytest.mark.parametrize(
    "words", [["--only", "nothing"], ["--minutes", "0"], ["--seed", "x"]]
)
def test_its_own_options(words, capsys):
    """Refused with status 2, before anything is tried."""
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "error" in capsys.readouterr().err


def test_the_long_form_has_enough_cases():
    """The number that is promised."""
    from tests.torture.model_readers import ALL

    assert sum(reader.cases for reader in ALL.values()) >= 20_000
