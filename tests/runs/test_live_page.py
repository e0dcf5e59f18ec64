"""The page explains an image as `show` does, and says what it lacks."""

import importlib.util

import pytest
from PIL import Image

from tf_explainer.cli.app import main
from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.runs.explained_run import RunExplainer
from tf_explainer.runs.live_page import COLUMNS, answer_of
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.testing import toy_images, toy_performer
from tf_explainer.visualization.style import number_text


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run that has got as far as the explainer."""
    made = Explainer.from_performer(
        toy_performer(), parts=2, class_names=("cat", "dog", "cow")
    )
    made.calibrate(toy_images())
    folder = OutFolder(tmp_path_factory.mktemp("run"))
    folder.store_settings(Settings())
    made.save(folder.explainer)
    folder.finish("explain", {})
    return folder.path


@pytest.fixture(scope="module")
def explainer(run):
    """The run's."""
    return RunExplainer(run)


@pytest.fixture
def image(tmp_path):
    """A file."""
    path = tmp_path / "a.png"
    Image.fromarray(toy_images(1)[0].astype("uint8")).save(path)
    return path


def test_picture_and_rows(explainer, image):
    """All numbers of the explanation, as a person reads them."""
    told = answer_of(explainer, image, "cat", "cow", top=1)
    direct = explainer.explainer.explain(image, "cat", "cow")
    assert told.words.startswith("why cat and not cow?")
    assert told.picture.size[0] > 1000
    assert {len(row) for row in told.rows} == {len(COLUMNS)}
    gives = [row[1] for row in told.rows]
    values = [part.contribution for part in direct.parts]
    values += [direct.ordinary, direct.rest, direct.score]
    assert gives == [number_text(value, 3) for value in values]
    assert [row[0] for row in told.rows[:2]] == [p.name for p in direct.parts]
    assert told.rows[-1][0] == "score"


def test_refuses_what_is_no_image(explainer, tmp_path):
    """In a line that the page shows."""
    (tmp_path / "a.txt").write_text("no image")
    with pytest.raises(InputError, match="cannot be explained: the file is no"):
        answer_of(explainer, tmp_path / "a.txt")


def test_says_what_to_install(run, monkeypatch, capsys):
    """Before seconds are spent on TensorFlow."""
    find = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec",
        lambda name, *more: None if name == "gradio" else find(name, *more),
    )
    assert main(["app", str(run)]) == 2
    said = capsys.readouterr().err
    assert "pip install 'tf_explainer[app]'" in said and said.count("\n") == 1


# Gradio leaves event loops open, and asks pydantic in an old way.
@pytest.mark.filterwarnings("ignore")
def test_page_is_made_and_can_be_asked(explainer, image, run):
    """As a browser asks it, where Gradio is installed."""
    gradio = pytest.importorskip("gradio")
    from tf_explainer.runs.live_page import page_of

    page = page_of(gradio, explainer, run)
    (answer,) = [
        one.fn for one in page.fns.values() if one.api_name == "explain"
    ]
    words, picture, rows = answer(str(image), 0, 2, 1)
    told = answer_of(explainer, image, "cat", "cow", top=1)
    assert (words, rows) == (told.words, told.rows)
    assert picture.size == told.picture.size
    assert answer(None, -1, -1, 5) == ("", None, [])
    with pytest.raises(gradio.Error, match="another class"):
        answer(str(image), 1, 1, 5)
