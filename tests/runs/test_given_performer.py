"""A CNN of one's own, whose order and scale are told or found out."""

import io

import keras
import numpy as np
import pytest
from rich.console import Console

from tf_explainer.errors import InputError
from tf_explainer.performers import ClassScores
from tf_explainer.runs.opening import open_folder
from tf_explainer.runs.running import run

# Of the categories cat and background, in this order.
KERAS_ORDER = (1, 0)
TURNED = "--classes background,cat"


@pytest.fixture
def take(gray_folder, tmp_path):
    """Does the performer step; returns the model, its record and the text."""

    def take(model, **options):
        path = tmp_path / "mine" / "mine.keras"
        path.parent.mkdir(exist_ok=True)
        model.save(path)
        options |= {"data": str(gray_folder), "performer": path}
        told = io.StringIO()
        console = Console(file=told, width=1000)
        folder = tmp_path / "out"
        with open_folder(folder, ["performer"], options) as (out, settings):
            run(settings, out, ["performer"], console)
        left = keras.saving.load_model(out.performer)
        return left, out.record("performer"), told.getvalue()

    return take


def is_right(model):
    """Whether dark is taken for a cat, and bright for background."""
    images = np.array([40, 190.0])[:, None, None, None] * np.ones((16, 16, 3))
    return np.asarray(model(images)).argmax(axis=-1).tolist() == [0, 1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "head",
    [
        "softmax",
        *(
            pytest.param(head, marks=pytest.mark.slow)
            for head in ("logits", "sigmoids")
        ),
    ],
)
def test_order_is_refused_and_then_taken(take, gray_cnn, head):
    """In the same folder, with the option that the refusal names."""
    model = gray_cnn(KERAS_ORDER, head, size=16)
    with pytest.raises(InputError) as error:
        take(model)
    line = str(error.value)
    assert "right on 0.0 % of 20 images" in line and "100.0 %" in line
    assert f"`{TURNED}`" in line and "\n" not in line
    left, record, told = take(model, classes="background,cat")
    assert is_right(left) and "The CNN" not in told
    assert record["classes"] == ["background", "cat"]
    assert record["scale"] == "none" and record["history"] == {}


def test_one_sigmoid_of_the_background(take, gray_cnn):
    """Its default is the object, as folders of Keras are ordered."""
    with pytest.raises(InputError, match="--classes cat,background"):
        take(gray_cnn((0, 1), "sigmoid", size=16))
    model = gray_cnn((0, 1), "sigmoid", size=16)
    assert is_right(take(model, classes=["cat", "background"])[0])


@pytest.mark.slow
def test_scale_and_order_are_named_together(take, gray_cnn):
    """In one line; each alone is not enough."""
    model = gray_cnn(KERAS_ORDER, scale="caffe", size=16)
    for said in ({}, {"scale": "caffe"}, {"classes": "background,cat"}):
        with pytest.raises(InputError) as error:
            take(model, **said)
        wanted = {"classes": TURNED, "scale": "--scale caffe"}
        missing = [v for k, v in wanted.items() if k not in said]
        assert f"`{' '.join(missing)}`" in str(error.value)
    left, record, told = take(model, scale="caffe", classes="background,cat")
    assert is_right(left) and record["scale"] == "caffe"
    assert "The CNN" not in told


@pytest.mark.slow
def test_who_says_both_is_warned(take, gray_cnn):
    """It may be meant so."""
    said = {"classes": "cat,background", "scale": "none"}
    model = gray_cnn(KERAS_ORDER, size=16)
    with pytest.raises(InputError, match="give both --classes cat,background"):
        take(model)
    left, _, told = take(model, **said)
    assert not is_right(left)
    assert "right on 0.0 % of 20 images" in told and TURNED in told


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_names_beside_the_model(take, gray_cnn, tmp_path, mark):
    """A line for each; the option goes before them."""
    names = tmp_path / "mine" / "class_names.txt"
    names.parent.mkdir()
    names.write_text(f"{mark}background\ncat \n\n", encoding="utf-8")
    model = gray_cnn(KERAS_ORDER, size=16)
    left, record, _ = take(model)
    assert is_right(left) and record["classes"] == ["background", "cat"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"dog\ncat\n", "unknown: dog; missing: background"),
        (b"cat\n", "missing: background"),
        (b"\xff\xfe\x00", "must be a text in UTF-8"),
    ],
)
def test_wrong_names_beside_the_model(take, gray_cnn, tmp_path, content, words):
    """They are refused, unless the option says better."""
    names = tmp_path / "mine" / "class_names.txt"
    names.parent.mkdir()
    names.write_bytes(content)
    model = gray_cnn(KERAS_ORDER, size=16)
    with pytest.raises(InputError, match=words) as error:
        take(model)
    assert "class_names.txt, read for want of `--classes`," in str(error.value)
    assert is_right(take(model, classes="background,cat")[0])


def test_names_in_the_model(take, gray_cnn):
    """As the networks of the paper keep them."""
    plain = gray_cnn(KERAS_ORDER, "logits", size=16)
    scores = ClassScores(["background", "cat"])(plain.outputs[0])
    left, record, _ = take(keras.Model(plain.inputs, scores))
    assert is_right(left) and record["classes"] == ["background", "cat"]


def test_wrong_names_in_the_model(take, gray_cnn):
    """They are refused as those of a file are."""
    plain = gray_cnn(KERAS_ORDER, "logits", size=16)
    scores = ClassScores(["dog", "cat"])(plain.outputs[0])
    with pytest.raises(InputError, match=r"names in .*`--classes`, must name"):
        take(keras.Model(plain.inputs, scores))


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        ("background,dog", "`--classes`: received 'dog', which the data"),
        ("background", "`--classes` must name each of the 2 .*missing: cat"),
        (["cat,background", "cat"], "`--classes`: a name is repeated"),
    ],
)
def test_unknown_names_are_refused(take, gray_cnn, classes, words):
    """With those there are."""
    with pytest.raises(InputError, match=words):
        take(gray_cnn(KERAS_ORDER, size=16), classes=classes)


def test_other_outputs_are_refused(take, gray_cnn, tmp_path):
    """A thousand names beside it make no difference."""
    names = tmp_path / "mine" / "class_names.txt"
    names.parent.mkdir()
    names.write_text("\n".join(map(str, range(5))))
    with pytest.raises(InputError, match="one output for each of the 2"):
        take(gray_cnn((0, 1, 2, 3, 4), size=16))


def test_a_cnn_that_guesses_is_told(take, gray_cnn):
    """Before hours of training; it is no error."""
    model = gray_cnn(KERAS_ORDER, size=16)
    model.layers[-1].set_weights([np.zeros((3, 2)), np.array([1.0, 0.0])])
    assert "right on 50.0 % of 20 images of `train`" in take(model)[2]


def test_a_segmentation_is_no_classifier(take):
    """Scores for each pixel are refused before anything is compared."""
    image = keras.Input((16, 16, 3))
    maps = keras.layers.Conv2D(2, 1, activation="softmax")(image)
    with pytest.raises(InputError, match="must put out class scores"):
        take(keras.Model(image, maps))
