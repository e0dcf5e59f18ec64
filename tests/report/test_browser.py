"""The page in a browser: no faults, no markup of users, all by keyboard."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from playwright import sync_api

from tf_explainer.evaluation.result import measure
from tf_explainer.report.page import write_report

pytestmark = pytest.mark.slow
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
EVIL = "<img src=x onerror=alert(1)>"
# An axe.min.js of your own: it is no part of this project.
AXE = os.environ.get("AXE_PATH", "")
SIZES = [(w, s) for w in (1280, 390) for s in ("light", "dark")]


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium of this machine."""
    found = [path for path in map(shutil.which, BROWSERS) if path]
    if not found:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found[0], args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(made_observation, add_parts, fake_explainer, tmp_path_factory):
    """A page whose every name is markup."""
    observation = add_parts(
        made_observation(
            landmark_names=(EVIL, "legs", "tail"),
            categories=("cat", EVIL),
            name=EVIL,
            file_name=f"{EVIL}{{index}}.jpg",
        )
    )
    explainer = fake_explainer(observation.categories, (EVIL, "tail", "ears"))
    given = {"parts": [0.5, -0.25, 0.125], "ordinary": 0.25, "rest": 0.125}
    result = {
        **measure(observation),
        **{"settings": {EVIL: EVIL}, "versions": {EVIL: EVIL}, "seed": 0},
        "seconds": {"explain": 12.5},
        "decides": {
            name: {**given, "images": 30, "score": 0.75}
            for name in observation.categories
        },
    }
    path = tmp_path_factory.mktemp("page") / "report.html"
    pictures = {i: _picture(i) for i in range(60)}
    write_report(
        path, result, observation, {}, lambda wanted: pictures, explainer
    )
    return path.as_uri()


def _picture(index):
    return np.full((48, 48, 3), 4 * index, np.uint8)


@pytest.fixture
def opened(browser, address):
    """Function that opens the page; at the end nothing may have failed."""
    faults, contexts = [], []

    def open_page(width=1280, scheme="light", **options):
        size = {"width": width, "height": 900}
        context = browser.new_context(
            viewport=size, color_scheme=scheme, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(dialog.message))
        page.on("request", lambda one: _note(one.url, address, faults))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def _note(url, address, faults):
    if not url.startswith(("data:", address)):
        faults.append(url)


def unfold(page):
    """Opens all that is folded, three filters too."""
    page.evaluate(
        "document.querySelectorAll('details').forEach(one => one.open = true)"
    )
    for button in page.locator(".live .open").all()[:3]:
        button.click()


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_nothing_is_cut(opened, width, scheme):
    """No sideways scrolling of the page, folded or not."""
    page = opened(width, scheme)
    side = "document.documentElement.scrollWidth"
    assert page.evaluate(side) == width
    unfold(page)
    assert page.evaluate(side) == width
    background = page.evaluate("getComputedStyle(document.body).background")
    assert ("255, 255, 255" in background) == (scheme == "light")


def test_names_stay_text(opened):
    """Categories, landmarks, parts, files: read, never run."""
    page = opened()
    unfold(page)
    assert page.locator("img[src=x], img[onerror]").count() == 0
    for place in ("h1", "#decides ~ .cards", "#part-1", ".live", ".images"):
        assert EVIL in page.locator(place).first.inner_text(), place
    page.locator("#part-1 .new-name").fill(EVIL)
    assert page.locator("#command").input_value().endswith(f"'1={EVIL}'")
    page.locator(".two input").first.uncheck()
    assert EVIL in page.locator(".missing").first.inner_text()


def filters(page):
    """The filters that are shown, in their order."""
    texts = page.locator(".live .open").all_inner_texts()
    return [int(text.split()[-1]) for text in texts]


def test_search_sort_and_choose(opened):
    """What is not known stands last; the count is told."""
    page = opened()
    assert filters(page) == list(range(6))
    page.locator("#search").fill("legs")
    assert filters(page) == [3, 4]
    assert page.locator("#count").inner_text() == "2 of 6 filters"
    page.locator("#search").fill("")
    page.locator("#of-part").select_option("tail")
    assert filters(page) == [2, 3]
    page.locator("#of-part").select_option("")
    page.locator(".live thead button", has_text="Strength").click()
    head = page.locator("th", has_text="Strength").first
    assert head.get_attribute("aria-sort") == "descending"
    strengths = page.locator(".live tbody td:nth-child(5)").all_inner_texts()
    assert strengths == sorted(strengths, reverse=True)
    page.locator(".live thead button", has_text="Strength").click()
    assert head.get_attribute("aria-sort") == "ascending"
    page.locator("#least-skill").fill("1")
    assert filters(page) == []


def test_by_keyboard(opened):
    """Slash searches, arrows go from row to row, Enter opens and closes."""
    page = opened()
    page.keyboard.press("/")
    page.keyboard.type("filter 2")
    assert filters(page) == [2]
    page.locator("#search").fill("")
    page.locator(".live .open").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    focused = page.locator(".live .open").nth(1)
    assert focused.get_attribute("aria-expanded") == "true"
    assert page.locator(".details img").count() == 3
    assert "It misses its landmark by" in page.locator(".details").inner_text()
    page.keyboard.press("Enter")
    assert page.locator(".details").count() == 0


def test_parts_taken_away(opened):
    """The totals lose what the parts give; the tick brings it back."""
    page = opened()
    told = page.locator(".missing").first
    assert not told.is_visible()
    boxes = page.locator(".two").first.locator("input")
    boxes.nth(0).uncheck()
    assert "0.75 → 0.25" in told.inner_text()
    total = page.locator(".two .total").first
    assert total.locator(".value").all_inner_texts() == ["0.25", "0.25"]
    boxes.nth(2).uncheck()
    assert "Without 2 parts" in told.inner_text()
    assert "0.75 → 0.13" in told.inner_text()
    for index in (0, 2):
        boxes.nth(index).check()
    assert total.locator(".value").all_inner_texts() == ["0.75", "0.75"]
    assert not told.is_visible()


def test_names_for_the_command(opened):
    """One line for all names, quoted where a shell would split them."""
    page = opened()
    page.locator("#part-2 .new-name").fill("it's a tail")
    page.locator("#part-1 .new-name").fill("head")
    command = page.locator("#command")
    assert command.input_value() == (
        r"tf-explainer name RUN 1=head '2=it'\''s a tail'"
    )
    page.locator("#copy").click()
    page.locator("#copied", has_text="ed").wait_for()


@pytest.mark.skipif(not Path(AXE).is_file(), reason="set AXE_PATH")
@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_axe_finds_nothing(opened, width, scheme):
    """All unfolded, in both themes."""
    page = opened(width, scheme, bypass_csp=True)
    unfold(page)
    page.evaluate(Path(AXE).read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
