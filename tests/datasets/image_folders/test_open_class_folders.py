"""Class folders become a data set that is split by itself."""

import numpy as np
import pytest

from tf_explainer.datasets import open_dataset
from tf_explainer.errors import InputError


def files(dataset, split):
    """Returns the names of a split."""
    return set(dataset.splits[split].files)


def test_each_category_is_split(animals):
    """A share of each category is tested on; images and labels agree."""
    dataset = open_dataset(animals, 8)
    assert dataset.name == "animals"
    assert dataset.categories == ("cat", "dog") and dataset.task == "multi"
    assert dataset.landmark_names == ()
    test, train = dataset.splits["test"], dataset.splits["train"]
    assert np.bincount(test.labels).tolist() == [2, 1]
    assert np.bincount(train.labels).tolist() == [8, 4]
    assert not files(dataset, "train") & files(dataset, "test")
    assert test.landmarks.shape == (3, 0, 2)
    order = [f"cat/{i}.png" for i in range(10)]
    order += [f"dog/{i}.png" for i in range(5)]
    for split in (train, test):
        images = list(split.images.as_numpy_iterator())
        seen = [order[int(image[0, 0, 0])] for image in images]
        assert seen == list(split.files)
        kinds = [dataset.categories[label] for label in split.labels]
        assert kinds == [name.split("/")[0] for name in split.files]
    assert dataset.notes == ("a share of 0.2 of each category is tested on",)


def test_share_and_seed(animals):
    """The seed chooses others, and again the same."""
    shares = {
        seed: open_dataset(animals, 8, test_share=0.5, seed=seed)
        for seed in (None, 0, 1)
    }
    sizes = [np.bincount(d.splits["test"].labels) for d in shares.values()]
    assert [size.tolist() for size in sizes] == [[5, 2]] * 3
    assert files(shares[None], "test") == files(shares[0], "test")
    assert files(shares[1], "test") != files(shares[0], "test")


def test_split_is_the_same_whatever_takes_part(animals):
    """The categories chosen and broken images move no other image."""
    whole = files(open_dataset(animals, 8, test_share=0.4), "test")
    cats = open_dataset(animals, 8, ["cat"], test_share=0.4)
    assert cats.categories == ("cat", "background")
    assert whole <= files(cats, "test")
    broken = sorted(whole)[0]
    (animals / broken).write_bytes(b"no image")
    with pytest.raises(InputError, match="1 of 15 images cannot be read"):
        open_dataset(animals, 8, test_share=0.4)
    left = open_dataset(animals, 8, test_share=0.4, skip_broken=True)
    assert files(left, "test") == whole - {broken}
    assert left.splits["test"].skipped == 1


def test_one_category_and_background(animals):
    """`background` is what it is in an annotated folder."""
    for path in sorted((animals / "dog").iterdir()):
        path.unlink()
    (animals / "dog").rmdir()
    dataset = open_dataset(animals, 8)
    assert dataset.categories == ("cat", "background")
    assert np.bincount(dataset.splits["test"].labels).tolist() == [2, 1]


def test_folders_for_splits(tmp_path, write):
    """Nothing is chosen, and a share is refused."""
    write(tmp_path / "train", "b/1.png", "a/2.png", "a/3.png")
    write(tmp_path / "val", "b/1.png", "a/2.png")
    dataset = open_dataset(tmp_path, 8)
    assert dataset.splits["train"].labels.tolist() == [0, 0, 1]
    assert dataset.splits["test"].files == ("val/a/2.png", "val/b/1.png")
    assert dataset.notes == ("val/ is tested on, since there is no test/",)
    with pytest.raises(InputError, match="`test_share` .* with 'train'"):
        open_dataset(tmp_path, 8, test_share=0.2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"test_share": 1.0}, r"`test_share` must lie in \(0, 1\), received 1"),
        ({"test_share": 0.0}, r"must lie in \(0, 1\), received 0.0"),
        ({"seed": -1}, "`seed` must be >= 0, received -1"),
        ({"categories": ["cow"]}, r"received 'cow'.* Known: \['cat', 'dog'\]"),
        ({"landmarks": ["head"]}, "`landmarks`: received 'head'"),
        ({"train": 3}, r"has no settings, received \['train'\]"),
    ],
)
def test_refuses(animals, options, message):
    """One line that names the argument."""
    with pytest.raises(InputError, match=message):
        open_dataset(animals, 8, **options)


def test_too_few_images(tmp_path, write):
    """One image cannot be learned from and tested on."""
    write(tmp_path, "a/1.png", "a/2.png", "b/1.png")
    with pytest.raises(InputError, match="two images .* received 1 of .b"):
        open_dataset(tmp_path, 8)


def test_share_is_for_class_folders(tmp_path):
    """A data set by name has its own splits; so has an annotated folder."""
    with pytest.raises(InputError, match="received 0.3 for data set 'drawn_an"):
        open_dataset(None, 32, test_share=0.3)
    (tmp_path / "annotations.csv").write_text("")
    with pytest.raises(InputError, match="received 0.3 for '"):
        open_dataset(tmp_path, 32, test_share=0.3)


@pytest.mark.parametrize("name", ["Annotations.csv", "annotation.csv"])
def test_misspelt_table(tmp_path, write, name):
    """It would make an annotated folder one of class folders."""
    write(tmp_path, "images/a/1.png", "other/1.png")
    (tmp_path / name).write_text("file,category,split\n")
    with pytest.raises(InputError, match="must be called 'annotations.csv'"):
        open_dataset(tmp_path, 8)


def test_negatives(animals, tmp_path, write):
    """Of hidden files and links in their folder nothing is read."""
    names = [f"{i}.png" for i in range(20)]
    write(tmp_path / "scenes", *names, ".hidden.png", "._1.png")
    dataset = open_dataset(animals, 8, ["cat"], negatives=tmp_path / "scenes")
    assert dataset.categories == ("cat", "background")
    splits = dataset.splits.values()
    added = [f for split in splits for f in split.files if "cat" not in f]
    assert sorted(added) == sorted(f"negatives/{name}" for name in names)
    assert dataset.notes
