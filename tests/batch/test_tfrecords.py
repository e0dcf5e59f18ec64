"""Files of examples, whole ones and damaged ones."""

import gzip
import os

import pytest

pytest.importorskip("apache_beam")

from tf_explainer.batch.tfrecords import (  # noqa: E402
    is_tfrecord,
    read_examples,
    record_places,
)
from tf_explainer.errors import InputError  # noqa: E402

PAIRS = [(b"one", b"1" * 50), (b"two", b"2" * 60), (b"three", b"3" * 70)]


def read(path, feature="image/encoded", key="image/key"):
    """Returns all examples of a file, by its places."""
    places = [*record_places(str(path))]
    return [*read_examples(str(path), places, feature, key)]


def test_whole_file(write_records):
    """Keys and images in their order, and from any place on."""
    path = write_records("a.tfrecord", PAIRS)
    assert read(path) == [(key.decode(), image) for key, image in PAIRS]
    assert [one.key for one in read(path, key=None)] == [None] * 3
    last = [*record_places(str(path))][2:]
    (found,) = read_examples(str(path), last, "image/encoded", None)
    assert found.image == b"3" * 70


def test_a_damaged_record_is_told(write_records):
    """Those before and behind it are read."""
    path = write_records("a.tfrecord", PAIRS)
    content = bytearray(path.read_bytes())
    content[content.index(b"2" * 60)] ^= 1
    path.write_bytes(content)
    one, two, three = read(path)
    assert two == (None, "the file is cut off or damaged")
    assert (one.key, three.key) == ("one", "three")


def test_a_cut_file_is_told(write_records):
    """What is left of the last record is one that cannot be read."""
    path = write_records("a.tfrecord", PAIRS)
    for cut in (5, 90):
        whole = path.read_bytes()
        short = path.with_name("b.tfrecord")
        short.write_bytes(whole[:-cut])
        found = read(short)
        assert [one.key for one in found] == ["one", "two", None]
        assert found[2].image == "the file is cut off or damaged"


@pytest.mark.parametrize("content", [b"no records at all" * 9, b"short"])
def test_other_files_are_told(content, tmp_path):
    """A file that only has the name is one image that cannot be read."""
    path = tmp_path / "a.tfrecord"
    path.write_bytes(content)
    assert read(path) == [(None, "the file is cut off or damaged")]


def test_examples_without_image(write_records):
    """The feature that was asked for is named; one of no bytes is none."""
    path = write_records("a.tfrecord", [(b"one", None), (None, b"2")])
    one, two = read(path)
    assert one.image == "the example has no bytes feature 'image/encoded'"
    assert two == (None, b"2")
    one, two = read(path, feature="image")
    assert two.image == "the example has no bytes feature 'image'"


def test_packed_files_are_refused(write_records):
    """They would have to be unpacked from their beginning for each shard."""
    path = write_records("a.tfrecord", PAIRS)
    path.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(InputError, match="Unpack it first"):
        read(path)


def test_a_missing_file_is_refused(tmp_path):
    """In one line, with its name."""
    with pytest.raises(InputError, match=r"received .*no\.tfrecord"):
        read(tmp_path / "no.tfrecord")


def test_a_file_that_went_away_is_told(write_records):
    """Each of its images is one that cannot be read."""
    path = write_records("a.tfrecord", PAIRS)
    places = [*record_places(str(path))]
    os.remove(path)
    found = [*read_examples(str(path), places, "image/encoded", None)]
    assert len(found) == 3 and "No such file" in found[0].image


def test_names():
    """By the endings that are usual."""
    for name in ("a.tfrecord", "a.TFRecords", "a.tfrecord-00001-of-00010"):
        assert is_tfrecord(name)
    for name in ("a.png", "tfrecord", "a.tfrecord.gz", "tfrecord/a.jpg"):
        assert not is_tfrecord(name)
