"""The size that the JSON tells, the file's own, and its EXIF orientation."""

import json

import numpy as np
import pytest
from PIL import Image

from tf_explainer.datasets import open_dataset
from tf_explainer.errors import InputError

HEIGHT, WIDTH = 120, 80
SPOT = (90.0, 25.0)
# What undoes the turn that an orientation asks for.
TO_STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.fixture
def make(tmp_path):
    """Writer of a data set of one picture, seen upright, for each split."""

    def write(orientation, told, scale=1, suffix="jpg", **more):
        root = tmp_path / "coco"
        pixels = np.full((HEIGHT, WIDTH, 3), 60, "uint8")
        rows, columns = np.indices((HEIGHT, WIDTH)) + 0.5
        near = np.hypot(rows - SPOT[0], columns - SPOT[1]) < 8
        pixels[near] = 250
        image = Image.fromarray(pixels)
        image = image.resize((scale * WIDTH, scale * HEIGHT))
        exif = Image.Exif()
        if orientation:
            exif[0x0112] = orientation
        if orientation in TO_STORED:
            image = image.transpose(TO_STORED[orientation])
        size = {"height": told[0], "width": told[1]} if told else {}
        for split in ("train", "val"):
            path = root / f"{split}2017" / f"{split}.{suffix}"
            path.parent.mkdir(parents=True)
            image.save(path, quality=95, exif=exif)
            kinds = [
                {"id": kind, "name": name, "keypoints": ["nose"]}
                for kind, name in ((1, "cat"), (2, "dog"))
            ]
            table = {
                "images": [{"id": 1, "file_name": path.name, **size, **more}],
                "categories": kinds,
                "annotations": [
                    {
                        **{"id": kind["id"], "image_id": 1},
                        "category_id": kind["id"],
                        "bbox": [5, 60, 60, 55],
                        "keypoints": [SPOT[1], SPOT[0], 2],
                    }
                    for kind in kinds
                ],
            }
            file = root / "annotations" / f"keypoints_{split}.json"
            file.parent.mkdir(exist_ok=True)
            file.write_text(json.dumps(table))
        return root

    return write


def _open(root, **options):
    return open_dataset(
        "coco_keypoints",
        64,
        data_dir=root.parent / "data",
        manual_dir=root,
        **options,
    )


def _crop(root):
    """Returns the image and the landmark of the first training example."""
    train = _open(root).splits["train"]
    return next(train.images.as_numpy_iterator()), train.landmarks[0, 0]


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
@pytest.mark.parametrize("orientation", [None, *range(1, 9)])
def test_the_landmark_shows_the_spot(make, is_bright, orientation, suffix):
    """Where the JSON has the turned size, the picture is turned first."""
    image, place = _crop(make(orientation, (HEIGHT, WIDTH), suffix=suffix))
    np.testing.assert_allclose(place, (30 / 55, 20 / 60), atol=1e-5)
    assert is_bright(image, place)
    assert not is_bright(image, 1 - place)


@pytest.mark.parametrize("told", [None, (WIDTH, HEIGHT)])
@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_what_may_be_meant_as_stored_or_turned(make, orientation, told):
    """Without the turned size nobody knows: named with the tag."""
    root = make(orientation, told)
    message = (
        rf"train.jpg: .* {WIDTH} x {HEIGHT} pixels .* the EXIF orientation "
        rf"{orientation}, turned {HEIGHT} x {WIDTH} pixels"
    )
    with pytest.raises(InputError, match=message):
        _crop(root)


@pytest.mark.parametrize("orientation", [2, 3, 4])
def test_tag_without_any_size(make, orientation):
    """As well where turning would leave the size as it is."""
    with pytest.raises(InputError, match=f"orientation {orientation}"):
        _crop(make(orientation, None))


@pytest.mark.parametrize("orientation", [None, 1, 3, 6])
@pytest.mark.parametrize(
    ("told", "scale"),
    [((HEIGHT, WIDTH), 2), ((HEIGHT + 1, WIDTH), 1), ((60, 40), 1)],
)
def test_another_size(make, orientation, told, scale):
    """Both sizes are named; a resized copy would show something else."""
    root = make(orientation, told, scale)
    height, width = scale * HEIGHT, scale * WIDTH
    with pytest.raises(InputError) as caught:
        _crop(root)
    assert f"of {told[0]} x {told[1]} pixels" in str(caught.value)
    assert f" {height} x {width} pixels" in str(caught.value)


def test_no_size_and_no_tag(make, is_bright):
    """Nothing speaks against the file."""
    assert is_bright(*_crop(make(None, None)))


def test_skipped(make):
    """With `skip_broken` such an image is left out, and nothing is left."""
    root = make(None, (60, 40))
    with pytest.raises(InputError, match=r"left out were .*'broken': 1"):
        _open(root, skip_broken=True)


@pytest.mark.parametrize(
    "sides",
    [
        {"height": 0, "width": 80},
        {"height": "120", "width": "80"},
        {"height": 120},
        {"height": 120.5, "width": 80},
        {"height": True, "width": 80},
    ],
)
def test_wrong_sides(make, sides):
    """What is no size is named with what was received."""
    with pytest.raises(InputError, match="`height` and `width` of image 1 mus"):
        _open(make(None, None, **sides))
