"""Data sets of tfds with landmarks, on made examples."""

import io

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

from tf_explainer.datasets import open_dataset
from tf_explainer.errors import InputError

SIZES = [(40, 60), (60, 40), (50, 50), (40, 40)]


class MadeFaces(tfds.core.GeneratorBasedBuilder):
    """Points as (x, y, seen) in pixels, and a truth value in a dictionary."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        return tfds.core.DatasetInfo(
            builder=self,
            features=tfds.features.FeaturesDict(
                {
                    "picture": tfds.features.Image(encoding_format="png"),
                    "keypoints": tfds.features.Tensor(
                        shape=(2, 3), dtype=np.float32
                    ),
                    "kind": tfds.features.ClassLabel(names=["cat", "dog"]),
                    "more": {"smiles": np.bool_},
                    "other": tfds.features.Tensor(
                        shape=(2, 2), dtype=np.float32
                    ),
                }
            ),
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for index in range(20):
            height, width = SIZES[index % 4]
            pixels = np.full((height, width, 3), index, "uint8")
            pixels[8:12, 28:32] = 250
            yield (
                index,
                {
                    "picture": pixels,
                    "keypoints": [[30, 10, 2], [5, 5, 0]],
                    "kind": index % 2,
                    "more": {"smiles": index % 3 == 0},
                    "other": [[0.25, 0.5], [0.75, 1.5]],
                },
            )


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """Where the made faces are, prepared."""
    folder = tmp_path_factory.mktemp("tfds")
    MadeFaces(data_dir=folder).download_and_prepare()
    return folder


def _open(data_dir, **options):
    return open_dataset(
        "tfds:made_faces", 32, data_dir=data_dir, image="picture", **options
    )


def test_pixels_and_hidden_points(data_dir, is_bright):
    """Pixels become fractions of each image; points not seen are NaN."""
    dataset = _open(data_dir)
    assert dataset.categories == ("cat", "dog")
    assert [len(split) for split in dataset.splits.values()] == [12, 8]
    train = dataset.splits["train"]
    expected = [(10 / height, 30 / width) for height, width in SIZES]
    np.testing.assert_allclose(train.landmarks[:, 0], expected * 3, rtol=1e-6)
    assert np.isnan(train.landmarks[:, 1]).all()
    pairs = zip(train.images.as_numpy_iterator(), train.landmarks, strict=True)
    for image, landmarks in pairs:
        assert is_bright(image, landmarks[0])


def test_fractions_rows_first_and_truth_values(data_dir):
    """Small numbers are fractions; those outside are hidden."""
    dataset = _open(
        data_dir, points="other", row_first="true", label="more/smiles"
    )
    assert dataset.categories == ("smiles", "background")
    test = dataset.splits["test"]
    assert test.labels.tolist() == [int(i % 3 != 0) for i in range(12, 20)]
    np.testing.assert_allclose(test.landmarks[0], [[0.25, 0.5], [np.nan] * 2])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"points": "kind"}, r"received 'kind', .* \['keypoints', 'other'\]"),
        ({"label": "mood"}, "`label`: received 'mood', which is no feature"),
        ({"label": "other"}, "holds neither class labels nor truth values"),
        ({"units": "inches"}, r"`units` must be one of .* received 'inches'"),
        ({"point": "other"}, "Did you mean 'points'"),
    ],
)
def test_wrong_options(data_dir, options, message):
    """The message names what was received."""
    with pytest.raises(InputError, match=message):
        _open(data_dir, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"test": "train[80%:]"}, "together: .*train=None and test='train.80"),
        ({"test": "all"}, "together"),
        # There is no split `test`.
        ({"train": "train[:80%]"}, r"together: .* splits \['train'\]"),
        ({"train": "trian[:80%]"}, r"`train` must name.*'trian.*\['train'\]"),
        ({"train": "train", "test": "dev+train"}, "`test` must name splits"),
    ],
)
def test_splits_that_leak_or_are_not_there(data_dir, options, message):
    """One alone must not leave its images, or nothing, for the other."""
    with pytest.raises(InputError, match=message):
        _open(data_dir, **options)


def test_splits_named_together(data_dir):
    """Two parts of one stored split."""
    parts = {"train": "train[:80%]", "test": "train[80%:]"}
    dataset = _open(data_dir, **parts)
    assert [len(split) for split in dataset.splits.values()] == [16, 4]


def test_unknown_data_set(tmp_path):
    """tfds has no such data set; one without landmarks is of no use."""
    with pytest.raises(InputError, match="tfds has no data set 'celebs'"):
        open_dataset("tfds:celebs", 32, data_dir=tmp_path)
    with pytest.raises(InputError, match="`points` must name the feature"):
        open_dataset("tfds:mnist", 32, data_dir=tmp_path)


@pytest.mark.parametrize(
    ("name", "landmarks", "options"),
    [
        ("celeb_a", 5, {"label": "attributes/Smiling"}),
        ("aflw2k3d", 68, {"negatives": "negatives"}),
    ],
)
def test_real_data_sets(tmp_path, write_image, name, landmarks, options):
    """The features of real data sets, with random contents."""
    for index in range(9):
        write_image(tmp_path / "negatives" / f"{index}.png", 20, 20, index)
    if "negatives" in options:
        options = {"negatives": tmp_path / "negatives"}
    # Contents are made up, so there are no counts to find splits by.
    options = {**options, "train": "train", "test": "test"}
    with tfds.testing.mock_data(num_examples=20):
        dataset = open_dataset(f"tfds:{name}", 32, data_dir=tmp_path, **options)
    assert dataset.task == "single"
    assert len(dataset.landmark_names) == landmarks
    train = dataset.splits["train"]
    assert next(train.images.as_numpy_iterator()).shape == (32, 32, 3)


class TaggedFaces(tfds.core.GeneratorBasedBuilder):
    """Photographs as a camera stored them; the third one was turned."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        features = {
            "image": tfds.features.Image(encoding_format="jpeg"),
            "landmarks": tfds.features.Tensor(shape=(1, 2), dtype=np.float32),
            "kind": tfds.features.ClassLabel(names=["cat", "dog"]),
        }
        return tfds.core.DatasetInfo(
            builder=self,
            features=tfds.features.FeaturesDict(features),
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for index in range(5):
            exif = Image.Exif()
            exif[0x0112] = 6 if index == 2 else 1
            file = io.BytesIO()
            Image.new("RGB", (8, 6)).save(file, "JPEG", exif=exif)
            file.seek(0)
            yield (
                index,
                {"image": file, "landmarks": [[0.5, 0.25]], "kind": index % 2},
            )


def test_orientation_of_stored_images(tmp_path):
    """tfds does not turn them, and nothing tells where landmarks belong."""
    TaggedFaces(data_dir=tmp_path).download_and_prepare()
    message = r"1 images of 'train.:60%.' .* image 2 with orientation 6"
    with pytest.raises(InputError, match=message):
        open_dataset("tfds:tagged_faces", 32, data_dir=tmp_path)


def test_orientation_is_not_applied(data_dir):
    """The served model would turn what the training did not."""
    with pytest.raises(InputError, match="`apply_orientation`: .*made_faces"):
        _open(data_dir, apply_orientation=True)
