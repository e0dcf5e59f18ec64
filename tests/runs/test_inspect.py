"""`tf-explainer inspect`: what it prints, and files it cannot read."""

import keras
import pytest

from tf_explainer.cli.app import main
from tf_explainer.testing import toy_performer


def test_prints_layers_cuts_and_the_command(tmp_path, capsys):
    """Also when piped: no line is cut at 80 columns."""
    nested = keras.Sequential(
        [keras.Input((32, 32, 3)), toy_performer()], name="outer"
    )
    path = tmp_path / "nested.keras"
    nested.save(path)
    assert main(["inspect", str(path)]) == 0
    told = capsys.readouterr().out
    assert "images 32 × 32 × 3" in told
    assert "small_cnn/conv5" in told and "4 × 4 × 12" in told
    for line in (
        "  *  4 × 4  small_cnn/relu4  small_cnn/relu5  small_cnn/fc6, small_cn",
        "* is taken if you name none: its replaced layer is the top conv-layer",
        f"tf-explainer run --data DIR --out OUT --performer {path}",
        "--reconstructed-layers small_cnn/fc6,small_cnn/fc7",
    ):
        assert line in told


def test_says_why_there_is_no_cut(tmp_path, capsys):
    """The layers come first, then the reason."""
    image = keras.Input((8, 8, 3))
    flat = keras.layers.Flatten(name="flat")(image)
    path = tmp_path / "dense.keras"
    keras.Model(image, keras.layers.Dense(2)(flat)).save(path)
    assert main(["inspect", str(path)]) == 0
    told = capsys.readouterr().out
    assert "None can be chosen: `performer` must have two layers" in told


@pytest.mark.parametrize("shape", [(16, 16, 1), (16, 24, 3)])
def test_images_that_the_command_line_cannot_read(shape, tmp_path, capsys):
    """No command is printed that would be refused."""
    image = keras.Input(shape)
    x = keras.layers.Conv2D(2, 3, padding="same")(image)
    x = keras.layers.Conv2D(2, 3, padding="same")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    path = tmp_path / "gray.keras"
    keras.Model(image, keras.layers.Dense(2)(x)).save(path)
    assert main(["inspect", str(path)]) == 0
    told = capsys.readouterr().out
    assert "* is taken" in told and "reads square RGB images" in told
    assert "--performer" not in told


class Halved(keras.layers.Layer):
    """A layer that is not registered with Keras."""

    def call(self, x):
        return x / 2


def test_unknown_class_is_named(tmp_path, capsys):
    """And what to do about it."""
    image = keras.Input((8, 8, 3))
    path = tmp_path / "own.keras"
    keras.Model(image, Halved()(image)).save(path)
    assert main(["inspect", str(path)]) == 2
    told = capsys.readouterr().err
    assert "holds the class Halved" in told and "register_keras" in told


@pytest.mark.parametrize(
    "name,message", [("no.keras", "no model file"), ("a.txt", "no Keras model")]
)
def test_other_files_are_refused(name, message, tmp_path, capsys):
    """One line on standard error, status 2."""
    (tmp_path / "a.txt").write_text("hello")
    assert main(["inspect", str(tmp_path / name)]) == 2
    told = capsys.readouterr().err
    assert message in told and told.count("\n") == 1
    assert "not found" not in told
