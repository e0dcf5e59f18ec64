"""COCO's form on small files."""

import json

import numpy as np
import pytest

from tf_explainer.datasets import open_dataset
from tf_explainer.datasets.splits import split_of
from tf_explainer.errors import InputError

CATEGORIES = [
    {"id": 1, "name": "person", "keypoints": ["nose", "left_eye"]},
    {"id": 3, "name": "cat", "keypoints": ["nose", "tail"]},
    {"id": 7, "name": "car"},
]
BOX = [20.0, 10.0, 80.0, 60.0]
NAMES = [f"{index:04}.png" for index in range(10)]


def _annotation(number, image, category, keypoints, **more):
    return {
        "id": number,
        "image_id": image,
        "category_id": category,
        "bbox": BOX,
        "keypoints": keypoints,
        **more,
    }


def _table(indices):
    """One person or cat in each image, and a car and a crowd in the first."""
    kinds = {index: (1, 3)[index % 2] for index in indices}
    # The nose is seen, the other one is not there.
    annotations = [
        _annotation(10 + i, i, kinds[i], [60, 25, 2, 0, 0, 0]) for i in indices
    ]
    first = indices[0]
    annotations += [
        {**_annotation(90, first, 7, []), "keypoints": None},
        _annotation(91, first, 1, [0] * 6, iscrowd=1),
        _annotation(92, first, 1, [0] * 6, bbox=[5, 5, 20, 20]),
    ]
    images = [{"id": i, "file_name": NAMES[i]} for i in indices]
    return {
        "images": images,
        "annotations": annotations,
        "categories": CATEGORIES,
    }


@pytest.fixture
def folder(tmp_path, write_image):
    """COCO's own layout: six images to train on, four to test on."""
    root = tmp_path / "coco"
    (root / "annotations").mkdir(parents=True)
    for split, indices in (("train", range(6)), ("val", range(6, 10))):
        for index in indices:
            path = root / f"{split}2017" / NAMES[index]
            write_image(path, 80, 120, index, [(25, 60)])
        path = root / "annotations" / f"person_keypoints_{split}2017.json"
        path.write_text(json.dumps(_table(list(indices))))
    return root


def _open(folder, tmp_path, **options):
    return open_dataset(
        "coco_keypoints",
        64,
        data_dir=tmp_path / "data",
        manual_dir=folder,
        **options,
    )


def test_two_files(folder, tmp_path, is_bright):
    """Categories and landmarks are those of the files."""
    dataset = _open(folder, tmp_path)
    assert dataset.categories == ("person", "cat")
    assert dataset.landmark_names == ("nose", "left_eye", "tail")
    sizes = [len(split) for split in dataset.splits.values()]
    assert sizes == [6, 4]
    # The small person of each file; crowds and cars are no objects.
    assert [split.skipped for split in dataset.splits.values()] == [1, 1]
    train = dataset.splits["train"]
    np.testing.assert_allclose(train.landmarks[:, 0], [[0.25, 0.5]] * 6)
    assert np.isnan(train.landmarks[:, 1:]).all()
    for image in train.images.as_numpy_iterator():
        assert is_bright(image, (0.25, 0.5))


def test_one_file_is_divided(folder, tmp_path):
    """By the names of the images; the images are found in a folder."""
    for path in folder.glob("*/*.json"):
        path.unlink()
    (folder / "all.json").write_text(json.dumps(_table(list(range(10)))))
    dataset = _open(folder, tmp_path)
    for name, split in dataset.splits.items():
        expected = [file for file in NAMES if split_of(file) == name]
        assert [file.split("#")[0] for file in split.files] == expected


@pytest.mark.parametrize("layout", ["named", "beside"])
def test_one_name_in_two_folders(folder, tmp_path, write_image, layout):
    """The folder that the JSON is named after, or that it lies in."""
    for split in ("train", "val"):
        table = folder / "annotations" / f"person_keypoints_{split}2017.json"
        table.write_text(json.dumps(_table([0, 1])))
        images = folder / f"{split}2017"
        for index in (0, 1):
            place = (25, 60) if split == "train" else (35, 80)
            write_image(images / NAMES[index], 80, 120, index, [place])
        if layout == "beside":
            table.rename(images / "keypoints.json")
            images.rename(folder / f"part_{split}")
    tables = {
        name: f"part_{split}/keypoints.json"
        for name, split in (("train", "train"), ("test", "val"))
    }
    options = tables if layout == "beside" else {}
    dataset = _open(folder, tmp_path, **options)
    first, second = (
        next(dataset.splits[name].images.as_numpy_iterator())
        for name in ("train", "test")
    )
    assert not np.array_equal(first, second)


def test_folders_and_files_to_choose_from(folder, tmp_path, write_image):
    """Where nothing tells which is meant, all are named."""
    for name in ("a", "b"):
        write_image(folder / name / "0000.png", 80, 120, 0)
    (folder / "train2017" / "0000.png").unlink()
    with pytest.raises(InputError, match=r"`images`.*'0000.png' is in.*a' and"):
        _open(folder, tmp_path)
    table = folder / "annotations" / "person_keypoints_train2017.json"
    (table.parent / "person_keypoints_train2014.json").write_text("{}")
    with pytest.raises(InputError, match="`train`: .*train2014.*train2017"):
        _open(folder, tmp_path)


def test_crowds_on_demand(folder, tmp_path):
    """The crowd of each file is one object more."""
    dataset = _open(folder, tmp_path, crowds="true")
    assert [len(split) for split in dataset.splits.values()] == [7, 5]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"categories": CATEGORIES[2:]}, r"no category has `keypoints`.*'car'"),
        ({"annotations": [{"id": 1}]}, "has no `category_id`"),
        (
            {"annotations": [_annotation(4, 99, 1, [])]},
            "annotation 4 is of cat",
        ),
        (
            {"annotations": [_annotation(4, 0, 1, [1])]},
            "`keypoints` of annotati",
        ),
        (
            {"annotations": [_annotation(4, 0, 1, [], bbox=[1, 2])]},
            r"`bbox` of annotation 4 must be 4 numbers, received \[1, 2\]",
        ),
        (
            {"images": [{"id": 0, "file_name": "../secret.png"}]},
            "`file_name` must lie inside `manual_dir`",
        ),
        (
            {"images": [{"id": 0, "file_name": "no.png"}]},
            "1 of 5 images are mis",
        ),
    ],
)
def test_wrong_content(folder, tmp_path, change, message):
    """Told with the file and what was received, before anything is written."""
    path = folder / "annotations" / "person_keypoints_train2017.json"
    path.write_text(json.dumps({**_table(list(range(6))), **change}))
    with pytest.raises(InputError, match=message):
        _open(folder, tmp_path)


def test_wrong_files(folder, tmp_path):
    """Cut off, misnamed, or several to choose from."""
    path = folder / "annotations" / "person_keypoints_train2017.json"
    path.write_text(path.read_text()[:-40])
    with pytest.raises(InputError, match="train2017.json: cannot be read as J"):
        _open(folder, tmp_path)
    with pytest.raises(InputError, match="`train`: there is no .*other.json"):
        _open(folder, tmp_path, train="other.json")
    path.write_text(json.dumps(_table(list(range(6)))))
    with pytest.raises(InputError, match="`images`: there is no folder .*phot"):
        _open(folder, tmp_path, images="photos")
    for file in folder.glob("annotations/*"):
        file.unlink()
    for name in ("a.json", "b.json"):
        (folder / name).write_text("{}")
    with pytest.raises(
        InputError, match=r"with `train` and `test`.*'a.json', 'b"
    ):
        _open(folder, tmp_path)
