"""Which folders are categories, and which are splits."""

import os
import unicodedata

import pytest

from tf_explainer.datasets.image_folders.class_files import ClassFiles
from tf_explainer.errors import InputError


def found(folder):
    """Returns categories, and the files with their category and split."""
    files = ClassFiles.find(folder)
    rows = [
        (path.relative_to(folder).as_posix(), category, split)
        for path, category, split in files.files
    ]
    return files.categories, rows


def test_one_folder_a_category(tmp_path, write):
    """Sorted by the signs of the names; deeper folders belong to it."""
    write(tmp_path, "b/2.png", "b/deep/er/1.PNG", "a/3.Jpeg", "Z/1.png")
    assert found(tmp_path) == (
        ("Z", "a", "b"),
        [
            ("Z/1.png", "Z", None),
            ("a/3.Jpeg", "a", None),
            ("b/2.png", "b", None),
            ("b/deep/er/1.PNG", "b", None),
        ],
    )


def test_order_is_that_of_keras(tmp_path, write):
    """Of the names on the disk, though categories have tidy names."""
    keras = pytest.importorskip("keras")
    apart = unicodedata.normalize("NFD", "ö")
    names = [" zebra", "p", apart, "Cow", "cow", "10", "9"]
    write(tmp_path, *(f"{name}/1.png" for name in names))
    data = keras.utils.image_dataset_from_directory(tmp_path, verbose=False)
    categories = found(tmp_path)[0]
    assert categories == ("zebra", "10", "9", "Cow", "cow", "ö", "p")
    assert [
        unicodedata.normalize("NFC", name).strip() for name in data.class_names
    ] == list(categories)


def test_hidden_files_and_other_files(tmp_path, write):
    """What systems leave is not seen; other files are counted and named."""
    write(tmp_path, "a/1.png", "a/.2.png", "b/1.png", ".git/x/1.png", "c.png")
    write(tmp_path, "__MACOSX/a/1.png", "a/._1.png", ".ipynb_checkpoints/1.png")
    for name in ("a/.DS_Store", "a/Thumbs.db", "b/desktop.ini", ".DS_Store"):
        (tmp_path / name).write_text("x")
    for name in ("a/notes.txt", "b/clip.mpg", "labels.csv"):
        (tmp_path / name).write_text("x")
    files = ClassFiles.find(tmp_path)
    assert files.categories == ("a", "b") and len(files.files) == 2
    assert files.notes == (
        "images beside the class folders, left out: 1 (c.png)",
        "no images, left out: 3 (labels.csv, a/notes.txt, b/clip.mpg)",
    )


def test_many_other_files(tmp_path, write):
    """The first five are named."""
    write(tmp_path, "a/1.png", "b/1.png")
    for number in range(7):
        (tmp_path / f"a/{number}.txt").write_text("x")
    assert ClassFiles.find(tmp_path).notes == (
        "no images, left out: 7 (a/0.txt, a/1.txt, a/2.txt, a/3.txt, "
        "a/4.txt, …)",
    )


def test_links(tmp_path, write):
    """Folders and files may be links; one that leads back ends."""
    write(tmp_path / "elsewhere", "cats/1.png", "dog.png")
    folder = tmp_path / "data"
    (folder / "dog").mkdir(parents=True)
    (folder / "cat").symlink_to(tmp_path / "elsewhere" / "cats")
    (folder / "dog" / "1.png").symlink_to(tmp_path / "elsewhere" / "dog.png")
    (folder / "dog" / "all").symlink_to(folder)
    categories, rows = found(folder)
    assert categories == ("cat", "dog")
    assert rows == [("cat/1.png", "cat", None), ("dog/1.png", "dog", None)]


@pytest.mark.parametrize(
    ("test", "notes"),
    [
        (["test"], ()),
        (["val"], ("val/ is tested on, since there is no test/",)),
        (
            ["validation"],
            ("validation/ is tested on, since there is no test/",),
        ),
        (["test", "val"], ("val/ is left out: test/ is tested on",)),
    ],
)
def test_splits(tmp_path, write, test, notes):
    """`train` and `test`, or what stands in for it, with a note."""
    for name in ("train", *test):
        write(tmp_path / name, "b/1.png", "a/2.png")
    files = ClassFiles.find(tmp_path)
    assert files.categories == ("a", "b") and files.notes == notes
    assert found(tmp_path)[1] == [
        ("train/a/2.png", "a", "train"),
        ("train/b/1.png", "b", "train"),
        (f"{test[0]}/a/2.png", "a", "test"),
        (f"{test[0]}/b/1.png", "b", "test"),
    ]


def test_category_that_is_not_tested_on(tmp_path, write):
    """It is told; names of one category may differ in form."""
    write(tmp_path / "train", "a/1.png", "b/1.png", "c/1.png")
    write(tmp_path / "test", "a /1.png", "c/1.png")
    files = ClassFiles.find(tmp_path)
    assert files.notes == ("no image of ['b'] is tested on",)
    assert [one[1:] for one in files.files[3:]] == [
        ("a", "test"),
        ("c", "test"),
    ]


@pytest.mark.parametrize("name", ["train", "images"])
def test_category_with_the_name_of_something_else(tmp_path, write, name):
    """Trains are animals, too, and images a category beside another."""
    write(tmp_path, f"{name}/1.png", "bus/1.png")
    assert found(tmp_path)[0] == ("bus", name)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["images/1.png"], "has 'images' and no 'annotations.csv'"),
        (["images/a/1.png", "images/b/1.png"], "no 'annotations.csv'"),
        (["images/1.png", "masks/1.png"], r"'images' beside \['masks'\]"),
        (["train/1.png"], "holds the folders 'train' and 'test'"),
        (["train/1.png", "test/1.png"], "a folder for each category"),
        (["train/a/1.png", "train/b/1.png"], r"received \['train'\]"),
        (["train/a/1.png", "test/1.png"], "a folder for each category"),
        (["Train/a/1.png", "Test/a/1.png"], r"received \['Test', 'Train'\]"),
        (["training/a/1.png", "testing/a/1.png"], "holds the folders 'train'"),
        (["train/a/1.png", "test/a/1.png", "x/1.png"], "and no other"),
        (["cat/1.png", "dog/1.png", "test/1.png"], "and no other"),
        (["val/a/1.png", "test/a/1.png"], r"received \['test', 'val'\]"),
        (
            ["train/a/1.png", "val/a/1.png", "validation/a/1.png"],
            r"call one of \['val', 'validation'\] 'test'",
        ),
        (["train/a/1.png", "test/b/1.png"], r"the categories \['b'\] are tes"),
        (["a/1.png", "a /2.png"], "rename one of the class folders"),
        (["all/a/1.png", "all/b/1.png"], "name the folder .*/all'"),
        (
            ["x/a/1.png", "x/b/1.png", "y/a/1.png", "y/b/1.png"],
            r"\['x', 'y'\] in .* hold the same folders \['a', 'b'\]",
        ),
    ],
)
def test_refuses_what_is_not_clear(tmp_path, write, names, message):
    """The message tells how folders are to be called."""
    write(tmp_path, *names)
    with pytest.raises(InputError, match=message) as caught:
        ClassFiles.find(tmp_path)
    assert "\n" not in str(caught.value)


def test_images_beside_a_table(tmp_path, write):
    """It was meant to be an annotated folder."""
    write(tmp_path, "images/1.png", "cat/1.png")
    (tmp_path / "labels.csv").write_text("x")
    with pytest.raises(InputError, match=r"'images' beside \['labels.csv'\]"):
        ClassFiles.find(tmp_path)


@pytest.mark.parametrize("other", ["", "notes.txt", ".DS_Store"])
def test_empty_class_folder(tmp_path, write, other):
    """A category without images is none; what else lies there is named."""
    write(tmp_path, "a/1.png")
    (tmp_path / "b").mkdir()
    if other:
        (tmp_path / "b" / other).write_text("x")
    with pytest.raises(InputError, match="/b' holds no image; fill") as caught:
        ClassFiles.find(tmp_path)
    assert ("It holds 'notes.txt'" in str(caught.value)) == (other[:1] == "n")


def test_name_that_is_no_text(tmp_path, write):
    """TensorFlow cannot read it."""
    write(tmp_path, "a/1.png", "b/1.png")
    os.rename(tmp_path / "a/1.png", os.fsencode(tmp_path) + b"/a/\xf6.png")
    with pytest.raises(InputError, match="name that is not UTF-8; rename it"):
        ClassFiles.find(tmp_path)
