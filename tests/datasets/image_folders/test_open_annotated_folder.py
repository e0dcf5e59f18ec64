"""A user's folder becomes a data set, or a one-line error."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tf_explainer.datasets import open_annotated_folder, open_dataset
from tf_explainer.errors import InputError

REAL = Path(__file__).parents[4] / "shared" / "animal_parts"
KINDS = ("cat", "dog", "background")


@pytest.fixture
def folder(tmp_path):
    """Twelve images of two animals and a background, two in each split."""
    images = tmp_path / "images"
    images.mkdir()
    rows = ["file,category,split,head_y,head_x"]
    for index in range(12):
        kind = KINDS[index % 3]
        name = f"{kind}/{index}.png"
        (images / kind).mkdir(exist_ok=True)
        pixels = np.full((6, 9, 3), 20 * index, "uint8")
        Image.fromarray(pixels).save(images / name)
        split = "train" if index < 6 else "test"
        head = ",," if kind == "background" else f",0.{index:02},0.5"
        rows.append(f"{name},{kind},{split}{head}")
    (tmp_path / "annotations.csv").write_text("\n".join(rows))
    return tmp_path


def first_pixels(split):
    """Returns one value of each image, in order."""
    return [int(image[0, 0, 0]) for image in split.images.as_numpy_iterator()]


def test_several_categories(folder):
    """The background is left out; images, labels and landmarks agree."""
    dataset = open_annotated_folder(folder, 8)
    assert dataset.name == folder.name
    assert dataset.categories == ("cat", "dog")
    assert dataset.task == "multi"
    assert dataset.landmark_names == ("head",)
    train = dataset.splits["train"]
    assert len(train) == 4
    assert train.labels.tolist() == [0, 1, 0, 1]
    assert first_pixels(train) == [0, 20, 60, 80]
    np.testing.assert_allclose(
        train.landmarks[:, 0], [[0, 0.5], [0.01, 0.5], [0.03, 0.5], [0.04, 0.5]]
    )
    assert train.files[:2] == ("cat/0.png", "dog/1.png")
    assert train.skipped == 0


def test_one_category_against_the_rest(folder):
    """All other images, of animals or not, are the background."""
    dataset = open_dataset(folder, 8, categories=["dog"])
    assert dataset.categories == ("dog", "background")
    assert dataset.task == "single"
    test = dataset.splits["test"]
    assert test.labels.tolist() == [1, 0, 1, 1, 0, 1]
    assert first_pixels(test) == [120, 140, 160, 180, 200, 220]


def test_batches(folder):
    """Float images with values as stored, and a smaller last batch."""
    split = open_annotated_folder(folder, 8).splits["train"]
    shapes = [batch.shape.as_list() for batch in split.batches(3)]
    assert shapes == [[3, 8, 8, 3], [1, 8, 8, 3]]
    first = next(iter(split.batches(3)))
    assert first.dtype == "float32"
    assert float(first[2, 0, 0, 0]) == 60.0


def test_broken_images_are_all_named(folder):
    """Two broken files, both in the message."""
    for name in ("cat/0.png", "dog/10.png"):
        (folder / "images" / name).write_bytes(b"no image")
    with pytest.raises(InputError) as caught:
        open_annotated_folder(folder, 8)
    message = str(caught.value)
    assert "2 of 8 images cannot be read" in message
    assert "0.png" in message and "10.png" in message
    assert "\n" not in message


def test_broken_images_are_skipped_and_counted(folder):
    """Only on demand."""
    (folder / "images" / "cat" / "0.png").write_bytes(b"no image")
    dataset = open_annotated_folder(folder, 8, skip_broken=True)
    train = dataset.splits["train"]
    assert train.skipped == 1 and dataset.splits["test"].skipped == 0
    assert first_pixels(train) == [20, 60, 80]
    assert train.labels.tolist() == [1, 0, 1]


def test_broken_image_that_takes_no_part(folder):
    """A background image is not read in a task without background."""
    (folder / "images" / "background" / "2.png").write_bytes(b"no image")
    assert len(open_annotated_folder(folder, 8).splits["train"]) == 4


def test_all_images_of_a_split_broken(folder):
    """Skipping leaves nothing to train on."""
    for path in (folder / "images").rglob("[0-4].png"):
        path.write_bytes(b"")
    with pytest.raises(InputError, match="split 'train' has no readable"):
        open_annotated_folder(folder, 8, skip_broken=True)


def test_category_without_training_images(folder):
    """A category that is only tested cannot be learned."""
    path = folder / "annotations.csv"
    text = path.read_text().replace("8.png,background", "8.png,cow")
    path.write_text(text)
    with pytest.raises(InputError, match="'cow' has no readable image in spl"):
        open_annotated_folder(folder, 8)


def test_unknown_file(folder):
    """The line and the name are told, and how many more there are."""
    for name in ("cat/3.png", "dog/4.png"):
        (folder / "images" / name).unlink()
    message = r"line 5: `file` 'cat/3.png' is not in images/ \(2 files in all\)"
    with pytest.raises(InputError, match=message):
        open_annotated_folder(folder, 8)


def test_one_category_only(folder):
    """Nothing to tell it from."""
    path = folder / "annotations.csv"
    lines = path.read_text().splitlines()
    cats = [line for line in lines if ",cat," in line]
    path.write_text("\n".join([lines[0], *cats]))
    with pytest.raises(InputError, match="has the one category 'cat'"):
        open_annotated_folder(folder, 8)


def test_missing_pieces(folder):
    """No folder, no csv, no images."""
    with pytest.raises(InputError, match="there is no folder, received '.*no'"):
        open_annotated_folder(folder / "no", 8)
    with pytest.raises(InputError, match="the folder has no 'annotations.csv"):
        (folder / "sub" / "images").mkdir(parents=True)
        open_annotated_folder(folder / "sub", 8)
    with pytest.raises(InputError, match="the folder has no 'images'"):
        open_annotated_folder(folder / "images" / "cat", 8)


@pytest.mark.shared
@pytest.mark.skipif(not REAL.is_dir(), reason=f"needs {REAL}")
def test_real_animals():
    """The real crops: six animals, landmarks inside the image."""
    dataset = open_annotated_folder(REAL, 32)
    assert dataset.categories == ("bird", "cat", "cow", "dog", "horse", "sheep")
    assert dataset.landmark_names == ("head", "legs")
    images = {name: len(split) for name, split in dataset.splits.items()}
    assert images == {"train": 1604, "test": 1048}
    heads = [
        np.isfinite(split.landmarks[:, 0, 0]).sum()
        for split in dataset.splits.values()
    ]
    assert sum(heads) == 1115
    batch = next(iter(dataset.splits["train"].batches(4)))
    assert batch.shape == (4, 32, 32, 3) and 20 < float(batch[0].numpy().mean())


def _tag(folder, name, orientation):
    """Stores an image anew: dark, with a bright upper left, and a tag."""
    pixels = np.zeros((6, 9, 3), "uint8")
    pixels[:3, :4] = 240
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(folder / "images" / name, exif=exif)


@pytest.mark.parametrize("turns", [False, True])
def test_orientation(folder, turns):
    """Counted in each split; turned on demand alone, to the upper right."""
    _tag(folder, "cat/0.png", 6)
    _tag(folder, "dog/4.png", 1)
    _tag(folder, "dog/7.png", 3)
    _tag(folder, "background/2.png", 8)
    dataset = open_dataset(folder, 8, apply_orientation=turns)
    tagged = {name: split.tagged for name, split in dataset.splits.items()}
    assert tagged == {"train": {"cat/0.png"}, "test": {"dog/7.png"}}
    image = next(dataset.splits["train"].images.as_numpy_iterator())
    left, right = image[1, 1, 0], image[1, 6, 0]
    assert (left < 50, right > 200) == (turns, turns)
    kept = dataset.splits["train"].part(np.array([False, True, True, True]))
    assert not kept.tagged


def test_orientation_of_negatives(folder, tmp_path_factory):
    """They are counted and turned as the others are."""
    negatives = tmp_path_factory.mktemp("negatives")
    for index in range(20):
        _tag(folder, "cat/0.png", 6)
        path = negatives / f"{index}.png"
        path.write_bytes((folder / "images" / "cat" / "0.png").read_bytes())
    dataset = open_dataset(
        folder,
        8,
        categories=["cat"],
        negatives=negatives,
        apply_orientation=True,
    )
    assert sum(len(split.tagged) for split in dataset.splits.values()) == 21
    *_, last = dataset.splits["test"].images.as_numpy_iterator()
    assert last[1, 1, 0] < 50 and last[1, 6, 0] > 200


def test_other_kinds_of_files(folder):
    """What Pillow reads beside, and an EPS that would start Ghostscript."""
    first, second = (folder / "images" / f"cat/{i}.png" for i in (0, 3))
    Image.new("F", (8, 8), float("nan")).save(first, "TIFF")
    Image.new("RGB", (8, 8)).save(second, "EPS")
    with pytest.raises(InputError, match=r"2 of 8 .*no JPEG, PNG, GIF, BMP"):
        open_annotated_folder(folder, 8)
