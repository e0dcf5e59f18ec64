"""FunnyBirds on small files of its form."""

import json

import numpy as np
import pytest
from PIL import Image

from tf_explainer.datasets import open_dataset
from tf_explainer.datasets.funny_birds.funny_birds_dataset_builder import COLORS
from tf_explainer.errors import InputError

SIDE = 64
# Each part is a square of 8 pixels, on a diagonal.
SQUARES = {
    name: np.s_[4 + 7 * i : 10 + 7 * i, 4 + 7 * i : 10 + 7 * i]
    for i, name in enumerate(COLORS)
}


def _save(path, pixels):
    """With an alpha channel, as the renderer writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    alpha = np.full((*pixels.shape[:2], 1), 255, "uint8")
    Image.fromarray(np.concatenate([pixels, alpha], axis=-1)).save(path)


def _bird(number, without=()):
    """Returns image and part map."""
    image = np.full((SIDE, SIDE, 3), 30 + number, "uint8")
    part_map = np.zeros((SIDE, SIDE, 3), "uint8")
    for name, color in COLORS.items():
        if name.rstrip("012") not in without:
            image[SQUARES[name]] = 250
            part_map[SQUARES[name]] = color
    return image, part_map


@pytest.fixture
def folder(tmp_path):
    """Two classes; the second training bird has no tail."""
    root = tmp_path / "FunnyBirds"
    for split, birds in (("train", 4), ("test", 2)):
        classes = [index % 2 for index in range(birds)]
        entries = [{"class_idx": category} for category in classes]
        for index, category in enumerate(classes):
            file = f"{category}/{index:06}.png"
            bare = ("tail",) if (split, index) == ("train", 1) else ()
            image, part_map = _bird(10 * birds + index, bare)
            _save(root / split / file, image)
            _save(root / f"{split}_part_map" / file, part_map)
        (root / f"dataset_{split}.json").write_text(json.dumps(entries))
    return root


def _open(folder, tmp_path, **options):
    return open_dataset(
        "funny_birds",
        SIDE,
        data_dir=tmp_path / "data",
        manual_dir=folder,
        **options,
    )


def test_landmarks_are_centers_of_colors(folder, tmp_path):
    """Colors that differ in one digit are told apart; a removed part is NaN."""
    dataset = _open(folder, tmp_path)
    assert dataset.categories == ("bird_00", "bird_01")
    assert dataset.landmark_names == tuple(COLORS)
    train = dataset.splits["train"]
    centers = [[(7 + 7 * i) / SIDE] * 2 for i in range(len(COLORS))]
    np.testing.assert_allclose(train.landmarks[0], centers)
    hidden = np.isnan(train.landmarks[..., 0])
    assert np.argwhere(hidden).tolist() == [[1, list(COLORS).index("tail")]]
    images = list(train.images.as_numpy_iterator())
    np.testing.assert_array_equal(images[0], _bird(40)[0])


def test_broken_data(folder, tmp_path):
    """A part map that is missing or broken, and a list of another form."""
    path = folder / "test_part_map" / "1" / "000001.png"
    path.write_bytes(b"no image")
    with pytest.raises(
        InputError, match=r"part_map.1.000001.png: cannot be re"
    ):
        _open(folder, tmp_path)
    path.unlink()
    with pytest.raises(
        InputError, match="1 of 12 images are missing, the first"
    ):
        _open(folder, tmp_path)
    path = folder / "dataset_test.json"
    for text, message in (
        ("[{}]", "an entry has no 'class_idx'"),
        ("[1, 2", "is not a list of birds in JSON"),
        ("[1, 2]", "is not a list of birds in JSON"),
        ('{"class_idx": 1}', "is not a list of birds in JSON"),
        ('[{"class_idx": "a"}]', "is not a list of birds in JSON"),
        ("", "is not a list of birds in JSON"),
    ):
        path.write_text(text)
        with pytest.raises(InputError, match=f"dataset_test.json: {message}"):
            _open(folder, tmp_path)


def test_part_map_of_another_size(folder, tmp_path):
    """Its places would be others in the image."""
    _save(folder / "train" / "0" / "000000.png", np.zeros((32, 32, 3), "uint8"))
    with pytest.raises(InputError, match=r"of 64 x 64 .* has 32 x 32 pixels"):
        _open(folder, tmp_path)
