"""What stands on the page, in which order, with and without parts."""

import re

import numpy as np
import pytest

from tf_explainer.evaluation.result import measure
from tf_explainer.report.page import write_report

ORDER = [
    *("verdict", "decides", "parts", "images", "filters", "numbers"),
    *("curves", "run"),
]


@pytest.fixture(scope="module")
def whole(observation, add_parts, fake_explainer, tmp_path_factory):
    """A page of an explainer with parts."""
    seen = add_parts(observation)
    given = {"parts": [0.5, -0.25, 0.125], "ordinary": 0.25, "rest": 0.125}
    result = {
        **measure(seen),
        **{"seed": 0, "versions": {}, "seconds": {}},
        "decides": {"cat": {**given, "images": 30, "score": 0.75}},
        "settings": {"epochs": None, "schedule": {"epochs": 7}},
    }
    path = tmp_path_factory.mktemp("page") / "report.html"
    gray = np.full((48, 48, 3), 90, np.uint8)
    explainer = fake_explainer(seen.categories)
    write_report(
        path,
        result,
        seen,
        {},
        lambda wanted: dict.fromkeys(wanted, gray),
        explainer,
    )
    return path.read_text(encoding="utf-8")


def headings(text):
    """Ids of the sections, in order."""
    return re.findall(r'<h2 id="(\w+)"', text)


def test_order_and_contents(whole):
    """The verdict first; the list of contents leads to every section."""
    assert headings(whole) == ORDER
    assert re.findall(r'<a href="#(\w+)">', whole) == ORDER


def test_parts_decide_and_are_named(whole):
    """Sentences of class and image; fields to type names in."""
    assert "cat is decided by part 1 (0.50) and part 3 (0.12)." in whole
    assert "Against it speaks part 2 (−0.25)." in whole
    assert whole.count('class="new-name"') == 2  # The third one is absent.
    assert "Why cat and not dog? Most by part 1 (0.50)" in whole
    assert whole.count('<details class="image"') == 24


def test_settings_are_filled_in(whole):
    """A value, not the keys of a section."""
    assert "<dt>epochs</dt><dd>7</dd>" in whole
    assert "<dt>schedule</dt>" not in whole


def test_without_explainer_and_parts(page, observation):
    """The sections that are left, and no empty ones."""
    text = page(observation)
    assert headings(text) == [
        name for name in ORDER if name not in ("decides", "images")
    ]
    assert re.findall(r'<a href="#(\w+)">', text) == headings(text)
    assert "Filters and the test images that fire them most" in text
