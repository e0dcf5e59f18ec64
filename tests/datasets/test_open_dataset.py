"""Names, folders and the default."""

import numpy as np
import pytest

from tf_explainer.datasets import draw_animal, open_dataset
from tf_explainer.datasets.drawn_animals import CATEGORIES, PART_NAMES
from tf_explainer.errors import InputError

FIRST_TEST_SEED = 1_000_000


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """Where the drawings of this module are kept."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def drawn(data_dir):
    """Eighteen drawn animals to train on and twelve to test on."""
    return open_dataset(None, 32, train=18, test=12, data_dir=data_dir)


def test_drawn_animals_by_default(drawn):
    """All that a data set must tell."""
    assert drawn.name == "drawn_animals"
    assert drawn.categories == CATEGORIES
    assert drawn.landmark_names == PART_NAMES
    assert drawn.task == "multi"
    sizes = {name: len(split) for name, split in drawn.splits.items()}
    assert sizes == {"train": 18, "test": 12}
    for split in drawn.splits.values():
        counts = np.bincount(split.labels, minlength=len(CATEGORIES))
        assert counts.min() == counts.max()
    assert drawn.splits["test"].files[1] == "drawn_animals/test/000001"


def test_images_labels_and_landmarks_belong_together(drawn):
    """Each row equals the drawing of its seed."""
    for split, first in (("train", 0), ("test", FIRST_TEST_SEED)):
        rows = drawn.splits[split]
        images = rows.images.as_numpy_iterator()
        for index, image in enumerate(images):
            drawing = draw_animal(first + index, size=32)
            np.testing.assert_array_equal(image, drawing.image)
            assert drawn.categories[rows.labels[index]] == drawing.category
            np.testing.assert_array_equal(
                rows.landmarks[index], drawing.landmarks
            )
        assert index == len(rows) - 1


def test_second_time_reads_the_files(drawn, data_dir):
    """Nothing is drawn again."""
    before = {path: path.stat().st_mtime for path in data_dir.rglob("*.*")}
    open_dataset("drawn_animals", 32, train=18, test=12, data_dir=data_dir)
    after = {path: path.stat().st_mtime for path in data_dir.rglob("*.*")}
    assert before == after


@pytest.mark.parametrize(
    ("names", "categories", "kept"),
    [
        (["cow", "bird"], ("cow", "bird"), ("bird", "cow")),
        (["cat"], ("cat", "background"), CATEGORIES),
    ],
)
def test_categories(data_dir, names, categories, kept):
    """The images that remain are those of the labels that remain."""
    dataset = open_dataset(
        None, 32, names, train=18, test=12, data_dir=data_dir
    )
    assert dataset.categories == categories
    split = dataset.splits["train"]
    seeds = [seed for seed in range(18) if CATEGORIES[seed % 6] in kept]
    images = list(split.images.as_numpy_iterator())
    assert len(images) == len(split) == len(seeds)
    for seed, image, label in zip(seeds, images, split.labels, strict=True):
        np.testing.assert_array_equal(image, draw_animal(seed, size=32).image)
        name = draw_animal(seed, size=32).category
        expected = name if name in categories else "background"
        assert categories[label] == expected


def test_one_category_is_measured_on_its_own_images(data_dir, drawn):
    """The other animals are background, and their landmarks are hidden."""
    cats = open_dataset(None, 32, ["cat"], train=18, test=12, data_dir=data_dir)
    for name, split in cats.splits.items():
        is_cat = split.labels == 0
        assert 0 < is_cat.sum() < len(split)
        np.testing.assert_array_equal(
            split.landmarks[is_cat], drawn.splits[name].landmarks[is_cat]
        )
        assert np.isnan(split.landmarks[~is_cat]).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data": "drawn_animal"}, "Did you mean 'drawn_animals'"),
        ({"data": "nothing/here"}, "there is no folder, received 'nothing/he"),
        ({"image_size": 0}, "`image_size` must be > 0, received 0"),
        ({"image_size": 8}, "`size` must be >= 16, received 8"),
        ({"train": 0}, r"`train` must be within \[1, 1000000\], received 0"),
        ({"images": 5}, r"has the settings .* received \['images'\]"),
        ({"seed": -1}, "`seed` must be >= 0, received -1"),
        ({"data": "./folder", "train": 5}, r"no settings, received \['train'"),
    ],
)
def test_bad_arguments(tmp_path, monkeypatch, arguments, message):
    """Told before anything is drawn."""
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message):
        open_dataset(**arguments, data_dir=tmp_path / "data")
    assert not (tmp_path / "data").exists()
