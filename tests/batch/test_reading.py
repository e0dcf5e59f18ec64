"""What cannot be read is told with the reason; all else is pixels."""

import os

import numpy as np
import pytest

pytest.importorskip("apache_beam")

from tf_explainer.batch import reading  # noqa: E402
from tf_explainer.batch.reading import read_images  # noqa: E402
from tf_explainer.batch.work_list import Source  # noqa: E402
from tf_explainer.config.batch import BatchSettings  # noqa: E402
from tf_explainer.explainer.image_files import pixels_of_files  # noqa: E402
from tf_explainer.testing import toy_images  # noqa: E402

SHAPE = (32, 32, 3)
SETTINGS = BatchSettings(("any",), key_feature="image/key", shard_size=100)


def reasons(shard):
    """File name to why it cannot be read."""
    return {os.path.basename(one.path): one.reason for one in shard.dead}


def test_dead_letters_have_reasons(photos, image_file, pixel_bomb, tmp_path):
    """Images beside them are read, and keep their numbers."""
    good = photos / "0.png"
    whole = image_file(toy_images(1)[0])
    contents = {
        "bomb.png": pixel_bomb,
        "cut.png": whole[:-40],
        "empty.png": b"",
        "text.jpg": b"no image",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    names = [*contents, "missing.png", "pipe.png", "folder.png"]
    paths = [good, *(tmp_path / name for name in names), good]
    found = read_images(
        2, [Source(str(path)) for path in paths], SETTINGS, SHAPE, False
    )
    assert [row.number for row in found.rows] == [200, 200 + len(paths) - 1]
    assert found.pixels.shape == (2, *SHAPE)
    told = reasons(found)
    assert told.pop("bomb.png").startswith("60000 x 60000 pixels are too many")
    assert told == {
        "cut.png": "the file is cut off or damaged",
        "empty.png": "the file is no JPEG, PNG, GIF, BMP or WebP",
        "text.jpg": "the file is no JPEG, PNG, GIF, BMP or WebP",
        "missing.png": "No such file or directory",
        "pipe.png": "it is no file",
        "folder.png": "it is no file",
    }


def test_files_that_are_too_long(photos, monkeypatch):
    """They are not read to their end."""
    monkeypatch.setattr(reading, "MOST_BYTES", 100)
    found = read_images(
        0, [Source(str(photos / "0.png"))], SETTINGS, SHAPE, False
    )
    assert "too long" in found.dead[0].reason and not found.rows


@pytest.mark.parametrize("turns", [False, True])
def test_pixels_are_those_of_explain(photos, turns):
    """Of all kinds, and as photographs were held."""
    paths = sorted(photos.rglob("*.*"))
    found = read_images(
        0, [Source(str(path)) for path in paths], SETTINGS, SHAPE, turns
    )
    expected = pixels_of_files(paths, SHAPE, turns)
    np.testing.assert_array_equal(found.pixels, expected)


def test_records_and_files_in_one_shard(photos, write_records, image_file):
    """In their order; keys are their own where they have one."""
    image = image_file(toy_images(1)[0])
    path = write_records(
        "a.tfrecord", [(b"mine", image), (None, image), (b"bad", b"text")]
    )
    content = path.read_bytes()
    places = [0, *(i for i in range(1, len(content)) if _begins(content, i))]
    sources = [
        Source(str(photos / "0.png")),
        *(Source(str(path), i, place) for i, place in enumerate(places)),
        Source(str(photos / "3.jpeg")),
    ]
    found = read_images(0, sources, SETTINGS, SHAPE, False)
    assert [row.key for row in found.rows] == [
        *(str(photos / "0.png"), "mine", f"{path}#1"),
        str(photos / "3.jpeg"),
    ]
    assert [row.record for row in found.rows] == [None, 0, 1, None]
    (dead,) = found.dead
    assert (dead.key, dead.number, dead.record) == ("bad", 3, 2)


def _begins(content, at):
    """Whether a record begins there, by adding the lengths up."""
    place = 0
    while place < at:
        place += 16 + int.from_bytes(content[place : place + 8], "little")
    return place == at
