"""Pascal-Part on small files as MATLAB writes them, and on real ones."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds

from tf_explainer.datasets import open_dataset
from tf_explainer.datasets.pascal_part import pascal_part_dataset_builder
from tf_explainer.datasets.pascal_part.annotation import LANDMARKS
from tf_explainer.datasets.splits import split_of
from tf_explainer.errors import InputError

REAL = Path(__file__).parents[4] / "shared" / "formats" / "pascal_part"
HEIGHT, WIDTH = 90, 120
NAMES = [f"2010_{index:06}" for index in range(8)]
TRAIN = [name for name in NAMES if split_of(name) == "train"]
# Pixels of the parts, as slices; the beak is on the head, half of it outside.
PARTS = {
    "head": np.s_[20:30, 20:30],
    "beak": np.s_[22:28, 26:34],
    "torso": np.s_[30:70, 20:90],
    "lleg": np.s_[70:80, 40:44],
}
XML = """<annotation><object><name>person</name><occluded>0</occluded>
<truncated>0</truncated><bndbox><xmin>21</xmin><ymin>21</ymin><xmax>90</xmax>
<ymax>80</ymax></bndbox></object><object><name>{name}</name>
<truncated>1</truncated><bndbox><xmin>20</xmin><ymin>20</ymin><xmax>90</xmax>
<ymax>80</ymax></bndbox><occluded>1</occluded></object></annotation>"""


def _mask(where):
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[where] = True
    return mask


def _animal(category, parts=PARTS):
    pieces = [{"part_name": n, "mask": _mask(w)} for n, w in parts.items()]
    whole = np.any([piece["mask"] for piece in pieces], axis=0)
    return {
        "class": category,
        "class_ind": 3.0,
        "mask": whole,
        "parts": pieces,
    }


CHAIR = {**_animal("chair"), "parts": []}
TINY = _animal("cat", {"torso": np.s_[0:9, 0:9]})


def _write(root, write_mat, write_image, version="5"):
    for index, name in enumerate(NAMES):
        category = ("bird", "cat")[index % 2]
        objects = [CHAIR, _animal(category), TINY][: 3 - index % 2]
        anno = {"imname": name, "objects": objects}
        path = root / "Annotations_Part" / f"{name}.mat"
        write_mat(path, "anno", anno, version)
        voc = root / "VOCdevkit" / "VOC2010"
        write_image(
            voc / "JPEGImages" / f"{name}.jpg", HEIGHT, WIDTH, index, [(75, 42)]
        )
        if index < 2:
            path = voc / "Annotations" / f"{name}.xml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(XML.format(name=category))
    return root


@pytest.fixture(scope="module")
def folder(tmp_path_factory, write_mat, write_image):
    """Eight photographs of a bird or a cat, a chair, and some tiny cats."""
    return _write(tmp_path_factory.mktemp("voc"), write_mat, write_image)


class PascalPartTest(tfds.testing.DatasetBuilderTestCase):
    """The checks of TensorFlow Datasets."""

    DATASET_CLASS = pascal_part_dataset_builder.Builder
    SPLITS = {"train": len(TRAIN), "test": len(NAMES) - len(TRAIN)}

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def example_dir(cls, folder):
        """The small files."""
        cls.EXAMPLE_DIR = str(folder)


def _open(folder, tmp_path, **options):
    return open_dataset(
        "pascal_part", 60, data_dir=tmp_path, manual_dir=folder, **options
    )


def test_landmarks(folder, tmp_path, is_bright):
    """Union of head and beak; the leg's center is where the dot is."""
    dataset = _open(folder, tmp_path)
    assert dataset.categories == ("bird", "cat")
    assert dataset.landmark_names == LANDMARKS
    train = dataset.splits["train"]
    assert [f.split(".")[0] for f in train.files] == TRAIN
    rows, columns = np.nonzero(_mask(PARTS["head"]) | _mask(PARTS["beak"]))
    head = [(rows.mean() + 0.5 - 20) / 60, (columns.mean() + 0.5 - 20) / 70]
    for name, place in (("head", head), ("lleg", (55 / 60, 22 / 70))):
        found = train.landmarks[:, LANDMARKS.index(name)]
        np.testing.assert_allclose(found, [place] * len(train), atol=1e-6)
    assert np.isfinite(train.landmarks[..., 0]).sum() == 4 * len(train)
    for image in train.images.as_numpy_iterator():
        assert is_bright(image, train.landmarks[0, LANDMARKS.index("lleg")])


def test_small_objects_are_counted(folder, tmp_path):
    """Tiny cats are in four of the photographs; none of them is left."""
    dataset = _open(folder, tmp_path)
    skipped = [split.skipped for split in dataset.splits.values()]
    even = [name for name in NAMES[::2]]
    in_train = len(set(even) & set(TRAIN))
    assert skipped == [in_train, len(even) - in_train]


def test_context_and_selected_landmarks(folder, tmp_path):
    """With context the torso's center moves towards the middle."""
    dataset = _open(folder, tmp_path, context=0.1, landmarks=["torso", "neck"])
    assert dataset.landmark_names == ("torso", "neck")
    place = dataset.splits["test"].landmarks[0]
    # The box is 60 x 70 from (20, 20); 6 and 7 pixels are added.
    np.testing.assert_allclose(place[0], [(50 - 14) / 72, (55 - 13) / 84])
    assert np.isnan(place[1]).all()


def test_voc_flags_and_lists(folder, tmp_path, write_mat, write_image):
    """Flags by overlap where VOC tells them, and VOC's own split."""
    root = _write(tmp_path / "voc", write_mat, write_image)
    lists = root / "VOCdevkit" / "VOC2010" / "ImageSets" / "Main"
    lists.mkdir(parents=True)
    (lists / "train.txt").write_text("\n".join(NAMES[:3]))
    (lists / "val.txt").write_text("\n".join(NAMES[3:]))
    dataset = _open(root, tmp_path)
    assert [len(split) for split in dataset.splits.values()] == [3, 5]
    stored = tfds.builder_from_directory(
        next((tmp_path / "pascal_part").glob("*/1.1.0"))
    )
    rows = list(stored.as_dataset(split="train").as_numpy_iterator())
    flags = [(int(row["occluded"]), int(row["truncated"])) for row in rows]
    assert flags == [(1, 1), (1, 1), (-1, -1)]


def test_version_7_3_says_the_same(folder, tmp_path, write_mat, write_image):
    """HDF5 files of MATLAB give the same landmarks."""
    root = _write(tmp_path / "new", write_mat, write_image, version="7.3")
    old = _open(folder, tmp_path).splits["test"]
    new = _open(root, tmp_path).splits["test"]
    np.testing.assert_array_equal(new.landmarks, old.landmarks)
    np.testing.assert_array_equal(new.labels, old.labels)


def test_one_category_against_a_folder(folder, tmp_path, write_image):
    """Negatives are whole images; half of the positives are gone."""
    for index in range(12):
        write_image(tmp_path / "neg" / f"{index}.png", 30, 40, 100 + index)
    dataset = _open(
        folder, tmp_path, categories=["bird"], negatives=tmp_path / "neg"
    )
    assert dataset.categories == ("bird", "background")
    assert dataset.task == "single"
    sizes = 0
    for split in dataset.splits.values():
        images = list(split.images.as_numpy_iterator())
        assert len(images) == len(split) == len(split.files)
        sizes += int((split.labels == 1).sum())
        assert np.isnan(split.landmarks[split.labels == 1]).all()
    assert sizes == 12


def _break(root, what):
    photos = root / "VOCdevkit" / "VOC2010" / "JPEGImages"
    if what == "missing":
        (photos / f"{NAMES[0]}.jpg").unlink()
    elif what == "broken":
        path = photos / f"{NAMES[0]}.jpg"
        path.write_bytes(path.read_bytes()[:500])
    elif what == "annotation":
        (root / "Annotations_Part" / f"{NAMES[0]}.mat").write_bytes(b"MATLAB")


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("missing", r"1 of 8 images are missing, the first is .*000000.jpg"),
        ("broken", r"000000.jpg: cannot be used \(2010_000000.jpg#2\)"),
        ("annotation", r"000000.mat: cannot be read as a MATLAB file"),
    ],
)
def test_broken_download(tmp_path, write_mat, write_image, what, message):
    """Each names the file, in one line, and nothing half made is left."""
    root = _write(tmp_path / "voc", write_mat, write_image)
    _break(root, what)
    with pytest.raises(InputError, match=message) as caught:
        _open(root, tmp_path / "data")
    assert "\n" not in str(caught.value)
    assert not list((tmp_path / "data").rglob("*tfrecord*"))
    if what != "annotation":
        dataset = _open(root, tmp_path / "data", skip_broken=True)
        # The broken one and, of its split, the tiny cats.
        total = sum(split.skipped for split in dataset.splits.values())
        assert total == 4 + 1


def test_wrong_folder(tmp_path, write_mat):
    """No folder, an empty one, and one without photographs."""
    with pytest.raises(
        InputError, match="`manual_dir`: there is no folder, re"
    ):
        _open(tmp_path / "no", tmp_path)
    (tmp_path / "voc").mkdir()
    with pytest.raises(InputError, match="no folder 'JPEGImages', received"):
        _open(tmp_path / "voc", tmp_path)
    with pytest.raises(InputError, match="needs files that you get yourself"):
        open_dataset("pascal_part", 60, data_dir=tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mask": np.zeros((9, 9), bool)}, "object 1: `mask` must have two"),
        (
            {
                "parts": [{"part_name": "head", "mask": np.ones((4, 4), bool)}]
                * 2
            },
            "object 1: the mask of part 'head' must have the shape",
        ),
        (
            {"parts": [{"mask": np.ones((4, 4), bool)}] * 2},
            "has no field 'part_name'",
        ),
    ],
)
def test_wrong_annotation(tmp_path, write_mat, write_image, change, message):
    """A field that is missing or of a wrong form is named with the file."""
    objects = [{**_animal("cat"), **change}, CHAIR]
    anno = {"imname": "a", "objects": objects}
    name = TRAIN[0]
    write_mat(tmp_path / "voc" / f"{name}.mat", "anno", anno)
    write_image(tmp_path / "voc" / f"{name}.jpg", HEIGHT, WIDTH, 0)
    with pytest.raises(InputError, match=message) as caught:
        _open(tmp_path / "voc", tmp_path)
    assert f"{name}.mat" in str(caught.value)


@pytest.mark.shared
@pytest.mark.skipif(not REAL.is_dir(), reason=f"needs {REAL}")
def test_real_files(tmp_path):
    """Six real photographs hold four birds, a cat, a dog and a horse."""
    builder = pascal_part_dataset_builder.Builder
    config = type(builder.BUILDER_CONFIGS[0])(manual_dir=REAL, smallest=1)
    made = builder(config=config, data_dir=tmp_path)
    made.download_and_prepare()
    rows = [
        row
        for split in ("train", "test")
        for row in made.as_dataset(split=split).as_numpy_iterator()
    ]
    labels = np.bincount([row["label"] for row in rows], minlength=6)
    assert labels.tolist() == [4, 1, 0, 1, 1, 0]
    found = {
        row["file"].decode(): {
            name: row["landmarks"][index]
            for index, name in enumerate(LANDMARKS)
            if np.isfinite(row["landmarks"][index, 0])
        }
        for row in rows
    }
    # A bird with a single part, and a flamingo that looks to the right.
    assert list(found["2008_001978.jpg#1"]) == ["torso"]
    flamingo = found["2010_005511.jpg#2"]
    assert flamingo["beak"][1] > flamingo["neck"][1] > flamingo["torso"][1]
    assert flamingo["rleg"][0] > flamingo["torso"][0]


def test_photograph_of_another_size(tmp_path, write_mat, write_image):
    """The masks tell the size; that of the photograph must be the same."""
    root = _write(tmp_path / "voc", write_mat, write_image)
    photos = root / "VOCdevkit" / "VOC2010" / "JPEGImages"
    write_image(photos / f"{NAMES[0]}.jpg", 2 * HEIGHT, 2 * WIDTH, 0)
    with pytest.raises(InputError, match=r"of 90 x 120 .* has 180 x 240 pix"):
        _open(root, tmp_path)
