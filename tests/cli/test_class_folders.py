"""A whole run on one folder of images a category."""

import json

import keras
import numpy as np
import pytest
from PIL import Image

from tf_explainer.cli.app import main
from tf_explainer.testing import toy_performer

OPTIONS = [
    *("--image-size", "48", "--performer-epochs", "1", "--epochs", "1"),
    *("--views", "0", "--filter-loss", "none", "--batch-size", "8"),
]


@pytest.fixture
def shapes(tmp_path):
    """Ten images each of two colors, and a file that is no image."""
    rng = np.random.default_rng(0)
    for label, name in enumerate(("Ring", "öl, schwarz")):
        folder = tmp_path / "shapes" / name
        folder.mkdir(parents=True)
        for index in range(10):
            pixels = rng.integers(0, 120, (40, 52, 3))
            pixels[..., label] += 120
            image = Image.fromarray(pixels.astype("uint8"))
            image.save(folder / f"{index}.JPG", "jpeg")
    (tmp_path / "shapes" / "notes.txt").write_text("x")
    return tmp_path / "shapes"


@pytest.mark.slow
def test_run(shapes, tmp_path, capsys):
    """It goes through; what it did with the folder is told once."""
    (tmp_path / "run.toml").write_text("test-share = 0.3\nseed = 2\n")
    arguments = ["run", "--data", shapes, "--out", tmp_path / "out"]
    arguments += ["--config", tmp_path / "run.toml", *OPTIONS]
    assert main(list(map(str, arguments))) == 0
    said = capsys.readouterr().err
    assert said.count("a share of 0.3 of each category is tested on") == 1
    assert said.count("no images, left out: 1 (notes.txt)") == 1
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert result["images"] == {"train": 14, "test": 6, "skipped": 0}
    assert result["data"]["categories"] == ["Ring", "öl, schwarz"]
    assert result["data"]["landmarks"] == []
    assert result["settings"]["test_share"] == 0.3
    assert "skill" not in result["layers"]["interp_2"]
    assert result["trust"]["images"] == 6 and result["trust"]["reasons"]
    assert (tmp_path / "out" / "report.html").is_file()
    assert (tmp_path / "out" / "saved_model" / "1").is_dir()


@pytest.fixture
def photos(shapes):
    """Images without categories."""
    return shapes / "Ring"


@pytest.mark.slow
@pytest.mark.parametrize("head", ["softmax", "sigmoid"])
def test_images_alone_are_explained(photos, tmp_path, capsys, head):
    """With a CNN of the user's; what measures is left out, or refused."""
    performer = toy_performer(classes=3)
    if head == "sigmoid":
        vector = performer.layers[-2].output
        scores = keras.layers.Dense(1, activation="sigmoid")(vector)
        performer = keras.Model(performer.input, scores)
    performer.save(tmp_path / "mine.keras")
    out = tmp_path / "out"
    arguments = ["run", "--data", photos, "--out", out, "--epochs", "1"]
    arguments += ["--performer", tmp_path / "mine.keras", "--batch-size", "4"]
    assert main(list(map(str, arguments))) == 0
    said = capsys.readouterr()
    assert "3/5 evaluate: measure parts and accuracy — left out" in said.err
    assert "so that nothing is measured" in said.err
    names = {path.name for path in out.iterdir()} - {".tf_explainer"}
    assert names == {"performer.keras", "explainer.keras", "saved_model"}
    assert all(name in said.out for name in names)
    assert "result.json" not in said.out
    explainer = keras.saving.load_model(out / "explainer.keras")
    assert explainer(np.zeros((1, 32, 32, 3)))["scores"].shape[0] == 1
    for step in ("evaluate", "report"):
        assert main([step, "--out", str(out)]) == 2
        last = capsys.readouterr().err.splitlines()[-1]
        assert last.startswith("error: ")


def test_images_alone_teach_no_performer(photos, tmp_path, capsys):
    """A CNN cannot be trained on them."""
    arguments = ["run", "--data", photos, "--out", tmp_path / "out"]
    assert main(list(map(str, arguments))) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("error: `--data` must tell the images' categories")
    assert str(photos) in last


def test_share_that_has_no_use(tmp_path, capsys):
    """It is refused before anything is made."""
    arguments = ["run", "--test-share", "0.3", "--out", tmp_path / "out"]
    assert main([*map(str, arguments), "--data-dir", str(tmp_path / "d")]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert "`test_share` is for class folders" in last
    assert not (tmp_path / "d").exists()
