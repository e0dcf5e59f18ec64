"""The benchmark of the server: its questions, its table, its comparison."""

import base64
import importlib.util
import io
import json
import sys
import types

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="module")
def script(load_script):
    """The script as a module."""
    return load_script("serving")


@pytest.fixture
def load(load_script, monkeypatch, tmp_path):
    """What locust runs, without locust."""
    locust, errors = types.ModuleType("locust"), types.ModuleType("exception")
    locust.FastHttpUser, locust.task = object, lambda one: one
    quitting = types.SimpleNamespace(add_listener=lambda one: one)
    locust.events = types.SimpleNamespace(quitting=quitting)
    errors.StopUser = KeyboardInterrupt
    if importlib.util.find_spec("locust") is None:
        monkeypatch.setitem(sys.modules, "locust", locust)
        monkeypatch.setitem(sys.modules, "locust.exception", errors)
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"count": 0, "questions": []}))
    monkeypatch.setenv("SERVING_LOAD", str(plan))
    return load_script("serving_load")


def test_each_form_holds_the_same_images(script):
    """Pixels as numbers, as bytes and as files."""
    images = np.random.default_rng(0).integers(0, 256, (2, 4, 5, 3), "uint8")
    numbers, behind, files = (form(images) for form in script.FORMS)
    told = json.loads(numbers.body)["instances"]
    np.testing.assert_array_equal(told, images)
    start = int(behind.headers["Inference-Header-Content-Length"])
    assert behind.body[start:] == images.tobytes()
    assert json.loads(behind.body[:start])["inputs"][0]["shape"] == [2, 4, 5, 3]
    rows = json.loads(files.body)["instances"]
    for row, image, given in zip(
        rows, images, files.inputs["image_bytes"], strict=True
    ):
        content = base64.b64decode(row["image_bytes"]["b64"])
        assert content == given
        np.testing.assert_array_equal(Image.open(io.BytesIO(content)), image)
    for one in (numbers, behind):
        np.testing.assert_array_equal(one.inputs["images"], images)


def test_another_answer_is_wrong(load):
    """A number that differs, one that is missing, an output that is."""
    known = {"score": [1.0, -2.0], "trust": [0.5, 0.25]}
    rows = [{"score": 1.0, "trust": 0.5}, {"score": -2.0, "trust": 0.25}]
    assert load.rows({"predictions": rows}) == known
    data = [{"name": name, "data": value} for name, value in known.items()]
    assert load.rows({"outputs": data}) == known
    assert load.same({**known, "score": [1.0001, -2.0]}, known)
    for other in (
        {**known, "score": [1.1, -2.0]},
        {**known, "score": [-2.0, 1.0]},
        {**known, "score": [1.0]},
        {"score": known["score"]},
    ):
        assert not load.same(other, known)


def test_answers_are_compared_once(load):
    """The same bytes again are not read again, others are."""
    question = {"known": {"a": [1.0]}}

    def answer(value):
        told = {"predictions": [{"a": value}]}
        content = json.dumps(told).encode()
        return types.SimpleNamespace(content=content, json=lambda: told)

    assert load.is_right(question, answer(1.0))
    assert load.is_right(question, answer(1.0))
    assert not load.is_right(question, answer(2.0))
    assert not load.is_right(question, answer(2.0))


def test_table(script):
    """Medians of the rounds, and what became of all answers."""
    rounds = [
        {"to_one": 0.5 * i, "to_several": i, "p99": 2 * i, "per_second": 9}
        for i in (0.5, 1.0, 3.0)
    ]
    batch = {"form": "a_b", "rounds": rounds, "asked": 30, "right": 29}
    answers = {
        **{"asked": 10_000, "right": 9_999, "wrong": 1, "lost": 0},
        **{"p50_ms": 10, "p99_ms": 25, "slope_mib_per_1000": -0.5},
        **{"begin_mib": 100, "end_mib": 101, "peak_mib": 102},
    }
    text = script.table({"batches": [batch], "answers": answers})
    median = "1.00 (0.50 to 3.00) | 0.50 (0.25 to 1.50) | 2.00 (1.00 to 6.00)"
    assert f"| a b | {median} | 30 | 29 |" in text
    assert "| right | 9,999 |" in text and "| p99 by p50 | 2.5 |" in text
    assert "| slope of its second half, MiB in 1,000 answers | -0.50 |" in text
