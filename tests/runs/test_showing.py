"""New images are explained by a run: pictures, a page, numbers."""

import json

import numpy as np
import pytest
from PIL import Image

from tf_explainer.cli.app import main
from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.runs import explained_run
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.runs.picture_files import open_pictures, picture_names
from tf_explainer.testing import toy_images, toy_performer

NAMES = ("cat", "dog", "$x_{y}$")


@pytest.fixture(scope="module")
def explainer():
    """Of three parts, one of which has a name."""
    made = Explainer.from_performer(toy_performer(), parts=3, class_names=NAMES)
    made.calibrate(toy_images())
    made.name_parts({2: "$tail"})
    return made


@pytest.fixture(scope="module")
def run(explainer, tmp_path_factory):
    """A run that turns photographs and has got as far as the explainer."""
    folder = OutFolder(tmp_path_factory.mktemp("run"))
    folder.store_settings(Settings(apply_orientation=True))
    explainer.save(folder.explainer)
    folder.finish("explain", {})
    return folder.path


@pytest.fixture
def loaded(explainer, monkeypatch):
    """The run's explainer, which is not read from its file each time."""
    monkeypatch.setattr(explained_run, "load_model", lambda *_: explainer)


@pytest.fixture
def photos(tmp_path):
    """Two images of one name and a file that is none."""
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    for place, image in zip(("", "more"), toy_images(2), strict=True):
        pixels = Image.fromarray(image.astype("uint8"))
        pixels.save(folder / place / "a cat.png")
    (folder / "broken.jpg").write_text("no image")
    (folder / "notes.txt").write_text("no image either")
    return folder


def test_all_that_can_be_is_explained(run, photos, explainer, tmp_path, capsys):
    """The others are named at the end, with status 2."""
    out = tmp_path / "out"
    arguments = ["show", run, photos, tmp_path / "gone.png", "--out", out]
    assert main(list(map(str, arguments))) == 2
    said = capsys.readouterr()
    assert said.out.split() == [
        str(out / "explanations.html"),
        str(out / "explanations.json"),
    ]
    assert said.err.count("\n") == 1
    assert "broken.jpg (the file is no JPEG" in said.err
    assert "gone.png (No such file or directory)" in said.err
    assert "notes.txt" not in said.err
    told = json.loads((out / "explanations.json").read_text("utf-8"))
    paths = [photos / "a cat.png", photos / "more" / "a cat.png"]
    assert [one["image"] for one in told] == list(map(str, paths))
    for one, path in zip(told, paths, strict=True):
        direct = explainer.explain(path).to_dict()
        assert one["score"] == pytest.approx(direct["score"], abs=1e-5)
        given = sum(part["contribution"] for part in one["parts"])
        total = given + one["ordinary"] + one["rest"]
        assert total == pytest.approx(one["score"], abs=1e-4)
        assert {part["name"] for part in one["parts"]} == {
            *("part 1", "$tail", "part 3")
        }
    for name in ("a cat.png", "a cat-2.png"):
        with Image.open(out / name) as picture:
            assert picture.size[0] > 1000
    page = (out / "explanations.html").read_text("utf-8")
    assert page.count("<section") == page.count("data:image/png") == 2
    assert "$tail" in page
    left = {path.name for path in out.iterdir()}
    assert left == {
        *("a cat.png", "a cat-2.png", ".tf_explainer"),
        *("explanations.html", "explanations.json"),
    }


@pytest.mark.usefixtures("loaded")
def test_photographs_are_read_as_the_run_read_them(run, tmp_path, capsys):
    """This run turned them."""
    exif = Image.Exif()
    exif[0x0112] = 6
    (upright,) = toy_images(1).astype("uint8")
    Image.fromarray(upright).save(tmp_path / "up.png")
    stored = Image.fromarray(np.rot90(upright))
    stored.save(tmp_path / "side.png", exif=exif)
    files = [str(tmp_path / name) for name in ("up.png", "side.png")]
    assert main(["show", str(run), *files, "--json"]) == 0
    one, other = json.loads(capsys.readouterr().out)
    assert one["score"] == pytest.approx(other["score"], abs=1e-5)


@pytest.mark.usefixtures("loaded")
def test_questions(run, photos, explainer, capsys):
    """Classes by name or number; JSON alone writes nothing."""
    image = str(photos / "a cat.png")
    arguments = ["show", str(run), image, "--json", "--against", "1"]
    assert main([*arguments, "--target", "cat", "--kind", "gradient"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    direct = explainer.explain(image, "cat", "dog", "gradient").to_dict()
    assert (one["target"], one["against"]) == ("cat", "dog")
    assert one["ordinary"] == pytest.approx(direct["ordinary"], abs=1e-5)
    assert not (run / "shown").exists()


@pytest.mark.usefixtures("loaded")
def test_an_image_that_is_of_the_other_class(run, photos, explainer, capsys):
    """It is named; those that are not are explained."""
    paths = [photos / "a cat.png", photos / "more" / "a cat.png"]
    images = np.stack([np.asarray(Image.open(path)) for path in paths])
    decided = np.asarray(explainer.performer(images)).argmax(axis=1)
    other = NAMES[decided[0]]
    files = list(map(str, paths))
    arguments = ["show", str(run), *files, "--json", "--against", other]
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert len(json.loads(said.out)) == (decided != decided[0]).sum()
    assert "the CNN decides for the class of --against" in said.err


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--target", "bird"], "`--target` must be one of cat, dog"),
        (["--target", "7"], "`--target` must lie in [0, 2], received 7"),
        (["--target", "cat", "--against", "0"], "another class than"),
        (["--kind", "magic"], "`kind` must be one of removal"),
        (["--top", "0"], "'--top'"),
        (["--json", "--top", "2"], "leave out --top"),
        (["--out", "taken"], "`--out` holds files that tf-explainer did not"),
        (["--out", "taken/mine.txt"], "`--out` must be a folder"),
        (["empty"], "`IMAGE` must be an image or a folder of images"),
    ],
)
def test_refuses_at_once(run, tmp_path, monkeypatch, capsys, options, words):
    """In one line, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("years of work")
    assert main(["show", str(run), "a.png", *options]) == 2
    said = capsys.readouterr()
    assert words in said.err and said.err.count("\n") == 1
    assert not (run / "shown").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("empty", "taken"),
    ]


def test_refuses_what_is_no_explained_run(tmp_path, capsys):
    """The message says what to do."""
    assert main(["show", str(tmp_path), "a.png"]) == 2
    assert "`RUN` must be the --out folder" in capsys.readouterr().err
    OutFolder(tmp_path).store_settings(Settings())
    assert main(["show", str(tmp_path), "a.png"]) == 2
    assert f"tf-explainer run --out {tmp_path}" in capsys.readouterr().err


def test_pictures_have_names_of_their_own(tmp_path):
    """None leaves the folder or takes the place of an image."""
    long = "x" * 250
    given = ["a/Cat.jpg", "b/cat.png", "c/...jpg", f"{long}.png", "d/é.gif"]
    paths = [tmp_path / name for name in [*given, "é.png"]]
    names = picture_names(paths, tmp_path)
    found = [names[path] for path in paths]
    assert found[:3] == ["Cat.png", "cat-2.png", "image.png"]
    assert found[4:] == ["é-2.png", "é-3.png"]
    assert len(found[3]) < 200
    for name in found:
        assert (tmp_path / name).parent == tmp_path


def test_a_folder_of_ours_is_written_again(tmp_path):
    """It is marked before the first picture."""
    folder = open_pictures(tmp_path / "new" / "shown")
    (folder / "a.png").write_text("a picture of ours")
    assert open_pictures(folder) == folder
    with pytest.raises(InputError, match="did not write"):
        open_pictures(tmp_path / "new")
