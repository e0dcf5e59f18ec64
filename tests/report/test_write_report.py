"""The page: self-contained, safe, accessible, honest."""

import base64
import hashlib
import html.parser
import io
import re

import numpy as np
import pytest
from PIL import Image

from tf_explainer.errors import InputError
from tf_explainer.evaluation.peaks import FilterPeaks
from tf_explainer.report.page import write_report

VOID = {"meta", "img", "br", "link", "input", "hr"}
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"


class Page(html.parser.HTMLParser):
    """Elements with attributes, and the text between them."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.words, self._open = [], [], []
        self.feed(text)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} repeats an attribute"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if not self._open or self._open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


def test_needs_no_other_file(page, observation):
    """No link or address; images and the only script are in the page."""
    text = page(observation)
    found = Page(text)
    assert not {"link", "iframe", "object"} & {tag for tag, _ in found.elements}
    assert found.all("script") == [
        {"type": "application/json", "id": "live"},
        {},
    ]
    assert "http:" not in text and "https:" not in text
    assert "url(" not in text and "@import" not in text
    (policy,) = [
        meta["content"]
        for meta in found.all("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; img-src data:")
    script = re.search(r"<script>(.*)</script>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest())
    assert policy.endswith(f"script-src 'sha256-{digest.decode()}'")


def test_every_image_can_be_read(page, observation):
    """36 tiles of six filters, and four plots."""
    images = Page(page(observation)).all("img")
    assert len(images) == 6 * 6 + 4
    for image in images:
        _, encoded = image["src"].split(";base64,")
        Image.open(io.BytesIO(base64.b64decode(encoded))).verify()
        assert len(image["alt"]) > 20


def test_accessible(page, observation):
    """Language, title, headings in order, labelled regions, table headers."""
    found = Page(page(observation))
    assert found.all("html") == [{"lang": "en"}]
    assert "Explained by parts: made animals" in found.text
    levels = [int(t[1]) for t, _ in found.elements if re.match("h[1-6]$", t)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(
        after <= before + 1
        for before, after in zip(levels, levels[1:], strict=False)
    )
    ids = [attrs["id"] for _, attrs in found.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    labels = {
        attrs["aria-labelledby"]
        for _, attrs in found.elements
        if "aria-labelledby" in attrs
    }
    assert labels and labels <= set(ids)
    assert all("scope" in header for header in found.all("th"))
    assert any(meta.get("name") == "viewport" for meta in found.all("meta"))


def luminance(color):
    """Relative luminance of `#rgb` or `#rrggbb`, after WCAG 2."""
    digits = color.lstrip("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in channels
    ]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def test_contrast(page, observation):
    """Text stands out by 4.5 : 1 from what is behind it."""
    themes = re.findall(r":root \{([^}]*)\}", page(observation))
    assert len(themes) == 3  # By day, by night, on paper.
    names = [
        *[(one, "page") for one in ("ink", "soft", "accent")],
        *[(one, "tint") for one in ("ink", "soft", "accent")],
        *[("mark", one) for one in ("good", "bad", "note")],
    ]
    colors = [dict(re.findall(r"--(\w+): (#\w+)", one)) for one in themes]
    pairs = [(one[a], one[b]) for one in colors for a, b in names]
    for pair in pairs:
        dark, light = sorted(map(luminance, pair))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, pair


def test_names_from_users_are_escaped(page, made_observation):
    """File, category, landmark, data set, setting: text, never markup."""
    evil = made_observation(
        landmark_names=(EVIL, "legs", "tail"),
        categories=(EVIL, "dog"),
        name=EVIL,
        file_name="{index}<script>alert(3)</script>.jpg",
    )
    text = page(evil, settings={EVIL: EVIL}, versions={EVIL: EVIL})
    found = Page(text)
    assert text.count("<script") == len(found.all("script")) == 2
    assert not any("onerror" in attrs for _, attrs in found.elements)
    assert all(image["src"].startswith("data:") for image in found.all("img"))
    assert any("<script>alert(3)" in i["alt"] for i in found.all("img"))
    assert "<script>alert(1)</script>" in found.text
    assert "{{ 7*7 }}" in found.text and ">49<" not in text


def test_numbers_beside_controls(page, observation, result):
    """Every layer and control has its row, with its own numbers."""
    found = Page(page(observation)).text
    for title in (
        "Explainer, conv-interp-2",
        "Performer, top conv-layer",
        "explainer before training",
        "always the image's center",
        "a part's mean place",
        "a random place",
    ):
        assert title in found
    skill = result["layers"]["interp_2"]["skill"]
    low, high = result["layers"]["interp_2"]["skill_interval"]
    assert f"{skill:.2f} {low:.2f} to {high:.2f}" in found
    instability = result["controls"]["constant_center"]["location_instability"]
    assert f"{instability:.3f}" in found


def test_parts_found(page, observation):
    """Landmarks with their number of filters, settings, versions."""
    found = Page(page(observation)).text
    for words in ("head 3", "legs 2", "tail 1", "epochs 3", "keras 3.15.1"):
        assert words in re.sub(r"\s+", " ", found)


def test_settings_as_text(page, observation):
    """Lists are joined, and what is not set is a dash."""
    text = page(
        observation, settings={"layers": ["a", "b"], "none": [], "eta": None}
    )
    found = re.sub(r"\s+", " ", Page(text).text)
    assert "layers a, b none – eta –" in found


def test_without_landmarks(page, made_observation):
    """It says what is missing, and still shows the strongest filters."""
    text = page(made_observation(landmark_names=()))
    found = Page(text)
    assert "carry no landmarks" in found.text
    assert "No part is known for these filters" in found.text
    assert "Skill of the filters" not in found.text
    assert len(found.all("img")) == 6 * 6 + 2


def test_without_images_and_history(page, observation):
    """A report can be rebuilt where the images are gone."""
    found = Page(page(observation, images=None, history={}))
    assert len(found.all("img")) == 3
    assert "fire them most" not in found.text


def test_silent_layer(page, made_observation):
    """An explainer that never fires has a page too."""
    silent = made_observation()
    for split in silent.splits.values():
        for layer in ("interp_1", "interp_2", "untrained"):
            peaks = split.peaks[layer]
            split.peaks[layer] = FilterPeaks(
                np.full_like(peaks.positions, np.nan),
                np.zeros_like(peaks.strengths),
            )
    found = Page(page(silent))
    assert "0 of 7" in found.text
    assert "could be measured" in found.text


def test_small_page(page, observation):
    """Images that hardly compress still make less than 6 MB."""

    def noise(indices):
        generator = np.random.default_rng(0)
        return {
            index: generator.integers(0, 256, (300, 300, 3), dtype=np.uint8)
            for index in indices
        }

    assert len(page(observation, images=noise)) < 6e6


@pytest.mark.slow
def test_five_hundred_filters(
    page, made_observation, add_parts, fake_explainer
):
    """Parts, explained images and 512 filters: below 15 MB, of noise even."""
    observation = add_parts(made_observation(images=200))
    generator = np.random.default_rng(0)
    for split in observation.splits.values():
        shape = (len(split.labels), 512)
        split.peaks["interp_2"] = FilterPeaks(
            generator.uniform(0, 1, (*shape, 2)).astype(np.float32),
            generator.uniform(0.5, 3, shape).astype(np.float32),
        )

    def noise(indices):
        return {
            i: generator.integers(0, 256, (96, 96, 3), dtype=np.uint8)
            for i in indices
        }

    explainer = fake_explainer(observation.categories)
    text = page(observation, images=noise, explainer=explainer)
    assert text.count('"filter":') == 512
    assert len(text) < 15e6


def test_deterministic(page, observation):
    """The same data gives the same page."""
    assert page(observation) == page(observation)


def test_broken_result_is_refused(result, observation, tmp_path):
    """No page of numbers that mean something else."""
    with pytest.raises(InputError, match="schema"):
        write_report(
            tmp_path / "report.html", {**result, "p": 2}, observation, {}
        )
    assert not (tmp_path / "report.html").exists()
