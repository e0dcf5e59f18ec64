"""Names of files and categories, written in another way than on the disk."""

import unicodedata

import numpy as np
import pytest
from PIL import Image

from tf_explainer.datasets import open_annotated_folder, open_dataset
from tf_explainer.errors import InputError

NFD = unicodedata.normalize("NFD", "ö.png")


@pytest.fixture
def folder(tmp_path):
    """Eight images of cats and dogs, each of one color."""
    rows = ["file,category,split"]
    for index in range(8):
        kind = ("cat", "dog")[index % 2]
        image = tmp_path / "images" / kind / f"{index}.png"
        image.parent.mkdir(exist_ok=True, parents=True)
        Image.fromarray(np.full((6, 9, 3), 20 * index, "uint8")).save(image)
        split = "train" if index < 4 else "test"
        rows.append(f"{kind}/{index}.png,{kind},{split}")
    (tmp_path / "annotations.csv").write_text("\n".join(rows))
    return tmp_path


def first_pixels(split):
    """Returns one value of each image, in order."""
    return [int(image[0, 0, 0]) for image in split.images.as_numpy_iterator()]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("images/cat/0.png", "Write 'cat/0.png': paths begin below images/"),
        ("./images/cat/0.png", "Write 'cat/0.png': paths begin below images/"),
        ("mine/images/cat/0.png", "Write 'cat/0.png': paths begin below"),
        ("cat\\0.png", "Write 'cat/0.png': paths begin below images/, with /"),
        ("cat/0.PNG", "Did you mean '0.png'"),
        ("cat/0", "Did you mean '0.png'"),
    ],
)
def test_file_written_in_another_way(folder, written, message):
    """What to write is told."""
    path = folder / "annotations.csv"
    path.write_text(path.read_text().replace("cat/0.png", written))
    with pytest.raises(InputError, match=message):
        open_annotated_folder(folder, 8)


def _rename(folder, written, *stored):
    """Names the file cat/0.png `written` in the table and `stored` on disk."""
    path = folder / "annotations.csv"
    text = path.read_text().replace("cat/0.png", f"cat/{written}")
    path.write_text(text, encoding="utf-8")
    file = folder / "images" / "cat" / "0.png"
    for number, name in enumerate(stored):
        pixels = np.full((6, 9, 3), 200 + number, "uint8")
        Image.fromarray(pixels).save(file.with_name(name), "png")
    file.unlink()


@pytest.mark.parametrize(
    ("written", "stored", "first"),
    [
        ("ö.png", [NFD], 200),
        (NFD, ["ö.png"], 200),
        (NFD, ["a.png", NFD], 201),
        ("x.png ", ["x.png"], 200),
        ("x.png", [" x.png"], 200),
        ("x.png ", ["x.png", "x.png "], 201),
        ("x.png", ["x.png", "x.png "], 200),
        (" x.png", ["x.png", "x.png "], 200),
        ("ö.png", [NFD, "ö.png"], 201),
        (NFD, [NFD, "ö.png"], 200),
    ],
)
def test_file_name_differs_in_form(folder, written, stored, first):
    """It is found; of several the exact one is meant, next the tidy one."""
    _rename(folder, written, *stored)
    train = open_annotated_folder(folder, 8).splits["train"]
    assert first_pixels(train)[0] == first
    tidy = unicodedata.normalize("NFC", written).strip()
    assert train.files[0] == f"cat/{tidy}"


def test_folder_name_differs_in_form(folder):
    """Names of folders are found in the same way."""
    (folder / "images" / "cat").rename(folder / "images" / "cat ")
    train = open_annotated_folder(folder, 8).splits["train"]
    assert first_pixels(train)[0] == 0 and train.files[0] == "cat/0.png"


def test_two_files_that_a_name_can_mean(folder):
    """Neither is exactly of the name."""
    _rename(folder, "x.png", "x.png ", " x.png")
    with pytest.raises(InputError, match=r"line 2: .* can be each of \[' x.pn"):
        open_annotated_folder(folder, 8)


def test_two_rows_of_one_file(folder):
    """Two ways to write a name are a duplicate unless there are two files."""
    path = folder / "annotations.csv"
    path.write_text(path.read_text().replace("cat/2.png", "cat/0.png "))
    with pytest.raises(InputError, match="line 4: .* is a duplicate of line 2"):
        open_annotated_folder(folder, 8)
    image = folder / "images" / "cat" / "2.png"
    image.rename(image.with_name("0.png "))
    train = open_annotated_folder(folder, 8).splits["train"]
    assert first_pixels(train) == [0, 20, 40, 60]
    assert train.files[0] == "cat/0.png" and train.files[2] == "cat/0.png "


def test_category_written_in_two_ways(folder):
    """`cat` and `cat ` are one, and so is an ö."""
    path = folder / "annotations.csv"
    text = path.read_text().replace(",dog,", ",dög,").replace(",cat,", ",cat ,")
    text = text.replace(",cat ,", ",cat,", 2)
    text = text.replace(",dög,", unicodedata.normalize("NFD", ",dög,"), 2)
    path.write_text(text, encoding="utf-8")
    dataset = open_annotated_folder(folder, 8)
    assert dataset.categories == ("cat", "dög")
    assert dataset.splits["train"].labels.tolist() == [0, 1, 0, 1]


def test_category_with_a_comma(folder):
    """It is chosen by its whole name, alone or with others."""
    path = folder / "annotations.csv"
    path.write_text(path.read_text().replace(",cat,", ',"cat, black",'))
    one = open_dataset(folder, 8, categories=("cat, black",))
    assert one.categories == ("cat, black", "background")
    two = open_dataset(folder, 8, categories=("dog", "cat, black"))
    assert two.categories == ("dog", "cat, black")
