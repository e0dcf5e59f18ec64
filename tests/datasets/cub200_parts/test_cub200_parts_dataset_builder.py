"""CUB-200-2011 on a small archive of its form."""

import hashlib
import tarfile

import numpy as np
import pytest
import requests
from tensorflow_datasets.core.download.checksums import UrlInfo
from tensorflow_datasets.core.download.downloader import DownloadResult

from tf_explainer.datasets import open_dataset
from tf_explainer.datasets.cub200_parts import cub200_parts_dataset_builder
from tf_explainer.datasets.cub200_parts.tables import LANDMARKS
from tf_explainer.errors import InputError

_DOWNLOAD = (
    "tensorflow_datasets.core.download.downloader._Downloader._sync_download"
)
SPECIES = ("001.Black_footed_Albatross", "002.Laysan_Albatross")
FILES = [f"{SPECIES[i % 2]}/Bird_{i:04}.jpg" for i in range(6)]
BIRDS = range(1, len(FILES) + 1)
TABLES = {
    "images.txt": [f"{i} {file}" for i, file in zip(BIRDS, FILES, strict=True)],
    "classes.txt": [f"{i + 1} {name}" for i, name in enumerate(SPECIES)],
    "image_class_labels.txt": [f"{i} {1 + (i - 1) % 2}" for i in BIRDS],
    "train_test_split.txt": [f"{i} {int(i <= 4)}" for i in BIRDS],
    "bounding_boxes.txt": [f"{i} 20.0 10.0 80.0 60.0" for i in BIRDS],
    "parts/parts.txt": [f"{i + 1} {n}" for i, n in enumerate(LANDMARKS)],
    # The beak is seen, the tail is hidden, the others are not told.
    "parts/part_locs.txt": [
        line
        for i in BIRDS
        for line in (f"{i} 2 60.0 25.0 1", f"{i} 14 0.0 0.0 0")
    ],
}


@pytest.fixture
def folder(tmp_path, write_image):
    """Four birds to train on and two to test on."""
    root = tmp_path / "manual" / "CUB_200_2011"
    for number, file in zip(BIRDS, FILES, strict=True):
        write_image(root / "images" / file, 80, 120, number, [(25, 60)])
    (root / "parts").mkdir()
    for name, lines in TABLES.items():
        (root / name).write_text("\n".join(lines) + "\n")
    for index in range(9):
        write_image(tmp_path / "neg" / f"{index}.jpg", 40, 40, 90 + index)
    return root


def _open(folder, tmp_path, **options):
    wanted = {"manual_dir": folder.parent, "negatives": tmp_path / "neg"}
    return open_dataset(
        "cub200_parts", 64, data_dir=tmp_path / "data", **{**wanted, **options}
    )


def _archive(folder):
    with tarfile.open(folder.parent / "CUB_200_2011.tgz", "w:gz") as archive:
        archive.add(folder, "CUB_200_2011")
    folder.rename(folder.with_name("unpacked"))


@pytest.mark.parametrize("packed", [False, True])
def test_birds(folder, tmp_path, is_bright, packed):
    """All birds are one category; folder and archive say the same."""
    if packed:
        _archive(folder)
    dataset = _open(folder, tmp_path)
    assert dataset.categories == ("bird", "background")
    assert dataset.landmark_names == LANDMARKS
    train = dataset.splits["train"]
    birds = train.labels == 0
    assert birds.sum() == 4
    assert train.files[:4] == tuple(FILES[:4])
    np.testing.assert_allclose(
        train.landmarks[birds, LANDMARKS.index("beak")],
        [[15 / 60, 40 / 80]] * 4,
    )
    assert np.isfinite(train.landmarks[..., 0]).sum() == 4
    assert is_bright(next(train.images.as_numpy_iterator()), (0.25, 0.5))


def test_species(folder, tmp_path):
    """Each species is a category, by its name in classes.txt."""
    options = {"one_category": "false", "negatives": None}
    dataset = _open(folder, tmp_path, **options)
    assert dataset.categories == SPECIES
    assert dataset.splits["train"].labels.tolist() == [0, 1, 0, 1]


def test_one_category_needs_negatives(folder, tmp_path):
    """Nothing to tell a bird from; the message says what to give."""
    with pytest.raises(
        InputError, match="the one category 'bird'.*`negatives`"
    ):
        _open(folder, tmp_path, negatives=None)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("images.txt", "1 a.jpg b", r"images.txt, line 1: must have 2 columns"),
        ("bounding_boxes.txt", "1 0 0 9 9", "boxes.txt: has no line for '2'"),
        (
            "bounding_boxes.txt",
            "1 a 0 9 9",
            "boxes.txt, 1: must be numbers, rec",
        ),
        (
            "parts/part_locs.txt",
            "1 16 5 5 1",
            r"line 1: part must be within \[1",
        ),
        ("bounding_boxes.txt", None, "boxes.txt: there is no such file"),
        (f"images/{FILES[0]}", None, "1 of 6 images are missing"),
        (f"images/{FILES[0]}", "no image", r"0000.jpg: cannot be used"),
    ],
)
def test_broken_data(folder, tmp_path, name, text, message):
    """Each mistake is told with its file, in one line."""
    (folder / name).unlink()
    if text is not None:
        (folder / name).write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        _open(folder, tmp_path)
    assert "\n" not in str(caught.value)


def test_broken_archive(folder, tmp_path):
    """A download that stopped midway is named."""
    _archive(folder)
    path = folder.parent / "CUB_200_2011.tgz"
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(InputError, match="2011.tgz: cannot be unpacked: ") as e:
        _open(folder, tmp_path)
    assert str(path) in str(e.value) and "\n" not in str(e.value)
    path.unlink()
    with pytest.raises(InputError, match="neither CUB_200_2011/images.txt nor"):
        _open(folder, tmp_path)


def test_another_archive_of_the_same_name(folder, tmp_path):
    """What was unpacked of one is not taken for the content of the other."""
    (folder / "classes.txt").unlink()
    _archive(folder)
    with pytest.raises(InputError, match=r"classes.txt: there is no such"):
        _open(folder, tmp_path)
    path = folder.parent / "CUB_200_2011.tgz"
    path.write_text("<html>Not found</html>")
    with pytest.raises(InputError, match="2011.tgz: cannot be unpacked: "):
        _open(folder, tmp_path)


def test_checksum():
    """The address that is downloaded is one whose checksum is known."""
    builder = cub200_parts_dataset_builder.Builder
    known = builder.url_infos[cub200_parts_dataset_builder._URL]
    assert known.size == 1150585339
    assert known.checksum.startswith("0c685df5597a8b24")


def test_downloaded_archive_is_compared(folder, tmp_path, monkeypatch):
    """An archive that is not the one we know is refused."""
    _archive(folder)
    content = (folder.parent / "CUB_200_2011.tgz").read_bytes()

    def fetch(self, url, path, verify):
        place = path / "CUB_200_2011.tgz"
        place.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        info = UrlInfo(len(content), digest, place.name)
        return DownloadResult(path=place, url_info=info)

    monkeypatch.setattr(_DOWNLOAD, fetch)
    with pytest.raises(InputError, match="could not be downloaded: .*caltech"):
        _open(folder, tmp_path, manual_dir=None)


def test_no_network(folder, tmp_path, monkeypatch):
    """One line names the data set and the address."""

    def fetch(self, url, path, verify):
        raise requests.ConnectionError(f"Max retries exceeded with url: {url}")

    monkeypatch.setattr(_DOWNLOAD, fetch)
    with pytest.raises(
        InputError, match="'cub200_parts' could not be downloaded: .*caltech"
    ):
        _open(folder, tmp_path, manual_dir=None)
