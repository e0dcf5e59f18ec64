"""Inputs become one sorted list, cut into shards."""

import os

import pytest

pytest.importorskip("apache_beam")

from tf_explainer.batch.work_list import (  # noqa: E402
    Source,
    read_shard,
    write_work_list,
)
from tf_explainer.config.batch import BatchSettings  # noqa: E402
from tf_explainer.errors import InputError  # noqa: E402


def listed(path, inputs, size=3):
    """Writes a list, and returns it with its shards as they are read back."""
    settings = BatchSettings(tuple(map(str, inputs)), shard_size=size)
    work = write_work_list(str(path), settings)
    shards = [
        read_shard(str(path), work.digest, number)
        for number in range(work.shards)
    ]
    assert sum(map(len, shards)) == work.images
    return work, shards


def test_each_file_once_and_sorted(photos, tmp_path):
    """A folder, a pattern and a file name the same images."""
    (photos / "notes.txt").write_text("no image")
    (photos / ".hidden.png").write_bytes(b"")
    files = sorted(str(one) for one in photos.rglob("[0-9].*"))
    inputs = [photos / "0.png", photos, f"{photos}/**/*.png"]
    work, shards = listed(tmp_path / "list", inputs)
    assert [len(one) for one in shards] == [3, 3, 3, 1]
    assert [one.path for shard in shards for one in shard] == files
    assert shards[0][0] == Source(files[0]) and work.images == 10
    again, _ = listed(tmp_path / "again", [photos])
    assert again == work


def test_list_of_paths(tmp_path):
    """Empty lines are none; files need not exist, nor have names of text."""
    names = tmp_path / "names.txt"
    names.write_bytes(b"/a/2.png\n\n/a/1.png\r\n/a/\xff.png\n")
    _, (shard,) = listed(tmp_path / "list", [names])
    assert [os.fsencode(one.path) for one in shard] == [
        *(b"/a/1.png", b"/a/2.png", b"/a/\xff.png"),
    ]
    assert [one.key for one in shard] == [
        *("/a/1.png", "/a/2.png", "/a/\\xff.png"),
    ]


def test_records_are_images(write_records, tmp_path):
    """A shard may begin amid a file of records."""
    first = write_records("a.tfrecord", [(b"k", b"x" * n) for n in range(4)])
    second = write_records("b.tfrecord-00000-of-00001", [(b"k", b"y")])
    work, shards = listed(tmp_path / "list", [first, second])
    assert (work.images, work.shards) == (5, 2)
    assert [(one.path, one.record) for one in shards[1]] == [
        (str(first), 3),
        (str(second), 0),
    ]
    assert shards[0][1].key == f"{first}#1"
    assert 0 == shards[0][0].place < shards[0][1].place < shards[0][2].place


def test_another_list_has_another_digest(photos, tmp_path):
    """A name more, or one record more, makes it another."""
    settings = BatchSettings((str(photos),))
    before = write_work_list(None, settings)
    (photos / "new.png").write_bytes(b"")
    after = write_work_list(None, settings)
    assert after.images == before.images + 1
    assert after.digest != before.digest


@pytest.mark.parametrize("name", ["no*.png", "missing.png", "empty", "e.txt"])
def test_nothing_is_refused(name, tmp_path):
    """Also if other inputs name something."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "e.txt").write_text("\n")
    (tmp_path / "one.png").write_bytes(b"")
    inputs = str(tmp_path / "one.png"), str(tmp_path / name)
    with pytest.raises(
        InputError, match="names no file, received .*" + name[:2]
    ):
        write_work_list(None, BatchSettings(inputs))


def test_empty_records_are_refused(tmp_path):
    """A file of no records names no image."""
    (tmp_path / "a.tfrecord").write_bytes(b"")
    with pytest.raises(InputError, match="names no image"):
        write_work_list(None, BatchSettings((str(tmp_path / "a.tfrecord"),)))


def test_no_pipe_is_waited_for(tmp_path):
    """A pattern takes files alone."""
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "one.png").write_bytes(b"")
    _, (shard,) = listed(tmp_path / "list", [tmp_path / "*.png"])
    assert [one.path for one in shard] == [str(tmp_path / "one.png")]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"inputs": ()}, "`--input` must name images, received none"),
        ({"inputs": ("",)}, "`--input` must name images, received ''"),
        (
            {"shard_size": 0},
            "`--shard-size` must lie between 1 and 100000, received 0",
        ),
        (
            {"batch_size": -1},
            "`--batch-size` must lie between 1 and 65536, received -1",
        ),
    ],
)
def test_settings_that_cannot_be(words, told):
    """Said in one line."""
    with pytest.raises(InputError, match=told):
        BatchSettings(**{"inputs": ("a",), **words})
