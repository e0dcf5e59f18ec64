"""Other engines answer as Keras does, or nothing is left behind."""

import json
import sys

import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.export import FORMATS, export_model
from tf_explainer.export import formats as module
from tf_explainer.testing import toy_images, toy_performer


@pytest.fixture(scope="module")
def explainer():
    """Of three parts."""
    made = Explainer.from_performer(toy_performer(), parts=3)
    made.calibrate(toy_images())
    made.name_parts({2: "tail"})
    return made


@pytest.fixture
def writer(monkeypatch, explainer):
    """Adds a format that answers with what a call gives, times a factor."""
    monkeypatch.setattr(FORMATS, "_entries", dict(FORMATS._entries))

    def add(factor=1.0):
        plain = module._plain(explainer)

        def write(_, folder, turned):
            (folder / "model.txt").write_text(str(turned))
            return lambda images: {
                name: factor * value.numpy()
                for name, value in plain(images).items()
            }

        monkeypatch.setitem(FORMATS._entries, "made", write)

    FORMATS.names()
    return add


@pytest.mark.slow
@pytest.mark.parametrize("format", FORMATS.names())
@pytest.mark.parametrize("settings", [{"parts": 3}, {"preset": "filters"}])
def test_answers_as_keras(format, settings, tmp_path):
    """To a thousandth, whatever the format."""
    if format in ("onnx", "openvino"):
        pytest.importorskip("tf2onnx")
        pytest.importorskip("onnxruntime")
    if format == "openvino":
        pytest.importorskip("openvino")
    explainer = Explainer.from_performer(toy_performer(), **settings)
    explainer.calibrate(toy_images())
    found = export_model(explainer, tmp_path / "mine", toy_images(5), format)
    assert found.folder == tmp_path / "mine" / "1"
    assert max(found.differences.values()) < 1e-3
    names = {"scores", "performer_scores", "trust"}
    assert names <= set(found.differences)
    assert len(list(found.folder.iterdir())) > 1


def test_versions_are_counted(explainer, writer, tmp_path):
    """None is written over; what is no version does not count."""
    writer()
    (tmp_path / "7").mkdir()
    (tmp_path / "notes").mkdir()
    found = export_model(
        explainer, tmp_path, toy_images(3), "made", True, card="# Card\n"
    )
    assert found.folder == tmp_path / "8"
    assert (found.folder / "model.txt").read_text() == "True"
    assert (found.folder / "model_card.md").read_text() == "# Card\n"
    facts = json.loads((found.folder / "export.json").read_text())
    assert facts["part_names"] == ["part 1", "tail", "part 3"]
    assert facts["compared_on"] == 3 and facts["format"] == "made"
    assert max(facts["differences"].values()) == 0


def test_what_answers_otherwise_is_not_kept(explainer, writer, tmp_path):
    """By a hundredth; the output that is farthest is named."""
    writer(factor=1.01)
    with pytest.raises(
        InputError, match="`format` made answers otherwise.*0.01"
    ):
        export_model(explainer, tmp_path, toy_images(3), "made")
    assert not list(tmp_path.iterdir())


def test_a_tie_of_two_units_is_no_difference():
    """One place of a hundred may lie elsewhere, three may not."""
    places = np.full((50, 1, 2), 0.5)
    for wrong, close in ((1, True), (3, False)):
        other = places.copy()
        other[:wrong] = 0.9
        found = module._differences(
            {"part_places": places}, {"part_places": other}
        )
        assert (found["part_places"] < 1e-3) == close


def test_missing_engine_is_told(explainer, monkeypatch, tmp_path):
    """With the extra that brings it."""
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(InputError, match=r"needs tf2onnx.*\[onnx\]"):
        export_model(explainer, tmp_path, toy_images(2), "onnx")


def test_unknown_format(explainer, tmp_path):
    """The nearest one is named."""
    with pytest.raises(InputError, match="onxx.*onnx"):
        export_model(explainer, tmp_path, toy_images(2), "onxx")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="`out` must be a folder"):
        export_model(explainer, tmp_path / "file", toy_images(2))
