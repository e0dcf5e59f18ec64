"""Animal-Part on small files as MATLAB writes them, and on real ones."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tf_explainer.datasets import DATASETS, open_dataset
from tf_explainer.datasets.animal_parts.animal_parts_dataset_builder import (
    CATEGORIES,
)
from tf_explainer.datasets.animal_parts.samples import read_samples
from tf_explainer.datasets.builders import make_config
from tf_explainer.errors import InputError

REAL = Path(__file__).parents[4] / "shared" / "formats" / "animal_parts"
SAMPLES = 8
# Columns 21 to 100 and rows 11 to 70, counted from 1.
BOX = {"xmin": 21.0, "xmax": 100.0, "ymin": 11.0, "ymax": 70.0}
TEXT = {name: str(int(edge)) for name, edge in BOX.items()}
# (row, column) in the box of 224 x 224, and in the image of 80 x 120.
CENTER = [56.5, 112.5]
PLACE = (10 + 60 / 4, 20 + 80 / 2)


def _truth(index):
    """Annotated, hidden, without a box, or with two places for one part."""
    obj = {"filename": f"n_{index}", "bndbox": TEXT, "ID": index + 1.0}
    if index == 1:
        return {"pHW_center": [], "pHW_scale": [], "obj": []}
    if index == 2:
        return {"pHW_center": np.ones((2, 2)), "pHW_scale": [], "obj": obj}
    if index == 3:
        obj = {**obj, "bndbox": []}
    center = np.array([CENTER]).T
    return {"pHW_center": center, "pHW_scale": center, "obj": obj}


def _write(root, wnid, write_mat, write_image, version):
    data = root / f"{wnid}_obj" / "img"
    # Entry 4 has its box in the landmark file alone, entry 6 is small.
    small = {**BOX, "xmax": 40.0}
    boxes = [BOX, BOX, BOX, BOX, [], BOX, small, BOX]
    samples = [{"obj": {"bndbox": box}, "class": 1.0} for box in boxes]
    write_mat(data / "data.mat", "samples", samples, version)
    truth = [_truth(index) for index in range(SAMPLES)]
    other = "5" if version == "7.3" else "7.3"
    truths = root / "landmarks" / wnid
    write_mat(truths / "truth_part01.mat", "truth", truth, version)
    write_mat(truths / "truth_part02.mat", "truth", truth[:2], other)
    for index in range(SAMPLES):
        path = data / "img" / f"{index + 1:05}.jpg"
        # The content decides about the split, and the last two are equal.
        number = 10 * len(version) + min(index, SAMPLES - 2) + int(wnid[-2:])
        write_image(path, 80, 120, number, [PLACE])


@pytest.fixture(scope="module")
def folder(tmp_path_factory, write_mat, write_image):
    """Lizards in files of version 7.3 and cats in files of version 5."""
    root = tmp_path_factory.mktemp("animals")
    _write(root, "n01674464", write_mat, write_image, "7.3")
    _write(root, "n02121808", write_mat, write_image, "5")
    return root


def _open(folder, tmp_path, **options):
    return open_dataset(
        "animal_parts", 96, data_dir=tmp_path, manual_dir=folder, **options
    )


@pytest.mark.parametrize("wnid", ["n01674464", "n02121808"])
def test_samples(folder, wnid):
    """Boxes as numbers and texts, hidden and doubtful parts: by hand."""
    data = folder / f"{wnid}_obj" / "img" / "data.mat"
    samples = list(read_samples(data, folder / "landmarks" / wnid))
    assert [sample.number for sample in samples] == list(range(1, 9))
    assert {sample.box for sample in samples if sample.number != 7} == {
        (10.0, 20.0, 70.0, 100.0)
    }
    heads = [sample.landmarks.get("head") for sample in samples]
    assert [head is not None for head in heads] == [
        *(True, False, False, True, True, True, True, True)
    ]
    np.testing.assert_allclose(heads[0], PLACE)
    assert ["legs" in sample.landmarks for sample in samples] == [
        True,
        *[False] * 7,
    ]


def test_crops(folder, tmp_path, is_bright):
    """Landmarks are where the dots are; equal images share a split."""
    dataset = _open(folder, tmp_path)
    assert dataset.categories == ("lizard", "cat")
    assert dataset.landmark_names == ("head", "legs")
    files, seen = {}, 0
    for name, split in dataset.splits.items():
        pairs = zip(
            split.images.as_numpy_iterator(), split.landmarks, strict=True
        )
        for image, landmarks in pairs:
            if np.isfinite(landmarks[0]).all():
                assert is_bright(image, landmarks[0])
                seen += 1
        files |= dict.fromkeys(split.files, name)
    # Of eight two are without a head, and one is too small.
    assert seen == 2 * 5
    skipped = [split.skipped for split in dataset.splits.values()]
    assert sum(skipped) == 2 and len(files) == 2 * 7


def test_thirty_categories():
    """As many as the authors published, no name twice."""
    assert len(CATEGORIES) == len(set(CATEGORIES.values())) == 30


def test_missing_images_are_counted(folder, tmp_path):
    """Refused with their number, or left out and counted."""
    root = tmp_path / "copy"
    shutil.copytree(folder, root)
    for number in (1, 2, 4):
        (root / "n02121808_obj" / "img" / "img" / f"{number:05}.jpg").unlink()
    with pytest.raises(
        InputError, match=r"3 of 16 images are missing, the fir"
    ):
        _open(root, tmp_path / "data")
    dataset = _open(root, tmp_path / "data", skip_broken=True)
    splits = dataset.splits.values()
    assert sum(split.skipped for split in splits) == 2 + 3
    assert sum(len(split) for split in splits) == 16 - 2 - 3


@pytest.mark.parametrize(
    ("sample", "message"),
    [
        ({"object": 1.0}, r"data.mat: has no field 'obj'"),
        ({"obj": {"box": 1.0}}, r"data.mat, sample 1: has no field 'bndbox'"),
        (
            {"obj": {"bndbox": {"xmin": 1.0}}},
            "sample 1: has no field 'bndbox.ym",
        ),
        (
            {"obj": {"bndbox": {**BOX, "ymin": "a"}}},
            "'bndbox.ymin' must be a nu",
        ),
        # An edge on the wrong side is no small animal.
        (
            {"obj": {"bndbox": {**BOX, "ymax": 5.0}}},
            "jpg: cannot be used .* is empty or outside t",
        ),
        (
            {"obj": {"bndbox": {**BOX, "ymax": 400.0}}},
            "jpg: cannot be used .* outside t",
        ),
    ],
)
def test_wrong_data(folder, tmp_path, write_mat, sample, message):
    """Missing fields and a box outside of the image, each with its file."""
    root = tmp_path / "copy"
    shutil.copytree(folder, root)
    path = root / "n02121808_obj" / "img" / "data.mat"
    good = {"obj": {"bndbox": BOX}} if "obj" in sample else sample
    write_mat(path, "samples", [sample, *[good] * (SAMPLES - 1)])
    with pytest.raises(InputError, match=message):
        _open(root, tmp_path / "data")


def test_landmarks_of_another_category(folder, tmp_path, write_mat):
    """More landmarks than samples cannot be right; none at all neither."""
    data = folder / "n02121808_obj" / "img" / "data.mat"
    truth = [_truth(0)] * (SAMPLES + 1)
    write_mat(tmp_path / "truth_part01.mat", "truth", truth)
    with pytest.raises(InputError, match="has 9 entries for 8 samples"):
        list(read_samples(data, tmp_path))
    other = {**BOX, "xmin": 1.0}
    truth = [{**_truth(0), "obj": {"bndbox": other}}] * 3
    write_mat(tmp_path / "truth_part01.mat", "truth", truth)
    with pytest.raises(InputError, match="3 of 3 boxes are not those of the s"):
        list(read_samples(data, tmp_path))
    (tmp_path / "truth_part01.mat").unlink()
    with pytest.raises(InputError, match=r"has none of \['truth_part01.mat'"):
        list(read_samples(data, tmp_path))
    with pytest.raises(InputError, match="no category folder such as"):
        _open(tmp_path, tmp_path)


@pytest.mark.shared
@pytest.mark.skipif(not REAL.is_dir(), reason=f"needs {REAL}")
def test_real_files(tmp_path):
    """144 lizards are whole; of 529 cats six are there, which is told."""
    builder = DATASETS["animal_parts"]
    config = make_config(builder, {"manual_dir": REAL})
    made = builder(config=config, data_dir=tmp_path)
    listed = list(made.images(REAL))
    assert len(listed) == 144 + 529
    assert sum(not path.is_file() for path in listed) == 523
    dataset = _open(REAL, tmp_path, skip_broken=True)
    splits = dataset.splits.values()
    assert sum(len(split) for split in splits) == 150
    assert sum(split.skipped for split in splits) == 523
    heads = np.concatenate([split.landmarks[:, 0] for split in splits])
    assert np.isfinite(heads[:, 0]).sum() == 135 + 6


@pytest.mark.shared
@pytest.mark.skipif(not REAL.is_dir(), reason=f"needs {REAL}")
def test_real_landmarks_agree_with_the_compact_form():
    """Two readers, one place: the cats' heads, to half a pixel of 224."""
    lines = (REAL.parents[1] / "animal_parts" / "annotations.csv").read_text()
    rows = [
        line.split(",") for line in lines.splitlines() if "n02121808" in line
    ]
    wnid = "n02121808"
    data = REAL / f"{wnid}_obj" / "img" / "data.mat"
    samples = list(read_samples(data, REAL / "landmarks" / wnid))
    compared = 0
    for row in rows:
        sample = samples[int(row[0][10:15]) - 1]
        if row[4]:
            top, left, bottom, right = sample.box
            head = sample.landmarks["head"]
            place = (
                (head[0] - top) / (bottom - top),
                (head[1] - left) / (right - left),
            )
            np.testing.assert_allclose(
                place, [float(row[4]), float(row[5])], atol=0.5 / 224
            )
            compared += 1
    assert compared == 192
