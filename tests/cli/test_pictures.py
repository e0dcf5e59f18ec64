"""`tf-explainer fields` and `grad-cam` on a run that was made by hand."""

import numpy as np
import pytest
from PIL import Image

from tf_explainer.cli.app import main
from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.runs.pictures import FieldsAsked, draw_fields
from tf_explainer.testing import toy_images, toy_performer

# A graph takes longer than the few images here.
pytestmark = pytest.mark.usefixtures("module_eagerly")


@pytest.fixture(scope="module")
def run(tmp_path_factory, annotate):
    """An `--out` folder with an explainer of three parts, and its images."""
    data = tmp_path_factory.mktemp("data")
    pictures = toy_images(8)
    rows = [
        (
            image.astype("uint8"),
            ("cat", "cow", "dog")[index % 2],
            ("train", "test")[index // 4],
            (0.5, 0.5),
        )
        for index, image in enumerate(pictures)
    ]
    annotate(data, rows)
    performer = toy_performer(classes=2)
    explainer = Explainer.from_performer(performer, parts=3)
    explainer.calibrate(pictures)
    kernel = explainer.encoder.part_head.conv_2.kernel
    kernel.assign(60 * kernel)
    folder = OutFolder(tmp_path_factory.mktemp("runs") / "tiny")
    folder.store_settings(Settings(data=str(data)))
    performer.save(folder.performer)
    explainer.save(folder.explainer)
    for step in ("performer", "explain"):
        folder.finish(step, {})
    return folder.path


def _pixels(path):
    with Image.open(path) as picture:
        return np.asarray(picture.convert("L"))


def test_fields(run, tmp_path, capsys):
    """The picture is written where it is said, and said where it is."""
    arguments = ["fields", str(run), "--part", "2", "--patch", "9"]
    arguments += ["--stride", "9", "--images", "2", "--out", str(tmp_path)]
    assert main(arguments) == 0
    path = tmp_path / "fields.png"
    assert capsys.readouterr().out == f"{path}\n"
    assert _pixels(path).shape[1] > 300


def test_quick_into_the_run(run, capsys):
    """Round fields of several kinds, into the run's own folder."""
    arguments = ["fields", str(run), "--quick", "--of", "parts"]
    assert main([*arguments, "--channel", "1", "--images", "1"]) == 0
    assert (run / "fields.png").is_file()


def test_grad_cam(run, tmp_path, capsys):
    """Images of one category; each names it."""
    arguments = ["grad-cam", str(run), "--category", "cow", "--images", "2"]
    assert main([*arguments, "--out", str(tmp_path)]) == 0
    pixels = _pixels(tmp_path / "grad_cam.png")
    assert pixels.shape[1] > 500 and pixels.min() < 100


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fields", "RUN", "--part", "4"], "`--part` must be from 1 to 3, rec"),
        (["fields", "RUN", "--part", "0"], "--part"),
        (["fields", "RUN", "--of", "heads"], "`--of` must be one of parts"),
        (["fields", "RUN", "--filter", "99"], "`which` must name filters from"),
        (["fields", "RUN", "--patch", "32"], "`patch` must be smaller than"),
        (["fields", "RUN", "--quick", "--patch", "3"], "`--quick` covers not"),
        (["grad-cam", "RUN", "--category", "ape"], "must be one of cat, cow"),
    ],
)
def test_wrong_calls(run, tmp_path, capsys, arguments, message):
    """One line, status 2, nothing written."""
    given = [str(run) if one == "RUN" else one for one in arguments]
    assert main([*given, "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and message in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["fields", "grad-cam"])
def test_no_run(tmp_path, capsys, command):
    """Somebody else's folder, and a run that has no explainer yet."""
    assert main([command, str(tmp_path)]) == 2
    assert "`RUN` must be the --out folder" in capsys.readouterr().err
    OutFolder(tmp_path).store_settings(Settings())
    assert main([command, str(tmp_path)]) == 2
    assert "tf-explainer run --out" in capsys.readouterr().err
    with pytest.raises(InputError, match="`--quick` covers nothing"):
        draw_fields(tmp_path, FieldsAsked({}, patch=3, quick=True))
