"""Inputs, model and output on a file system that is no disk of this machine."""

import os
import shutil
from pathlib import Path

import pytest

pytest.importorskip("apache_beam")

from apache_beam.io.filesystem import FileMetadata, FileSystem  # noqa: E402

from tf_explainer.batch.explaining import Model, explain_batch  # noqa: E402
from tf_explainer.batch.inputs import input_files  # noqa: E402
from tf_explainer.batch.served_model import (  # noqa: E402
    copy_model,
    model_digest,
)
from tf_explainer.batch.storage import (  # noqa: E402
    file_names,
    read_file,
    remove_half_written,
    write_whole,
)
from tf_explainer.batch.summary import summarize  # noqa: E402
from tf_explainer.config.batch import BatchSettings, Launch  # noqa: E402
from tf_explainer.errors import InputError  # noqa: E402

_ROOT: dict[str, Path] = {}


class Box(FileSystem):
    """`box://name` as an object store: flat, and no file is replaced."""

    @classmethod
    def scheme(cls):
        return "box"

    @staticmethod
    def place(path):
        """The file on the disk that stands for an object."""
        return _ROOT["box"] / path.removeprefix("box://").replace("/", "%")

    def join(self, basepath, *paths):
        return "/".join([basepath.rstrip("/"), *paths])

    def split(self, path):
        return tuple(path.rsplit("/", 1))

    def mkdirs(self, path):
        """There are no folders."""

    def has_dirs(self):
        return False

    def _list(self, dir_or_prefix):
        for file in sorted(_ROOT["box"].iterdir()):
            path = "box://" + file.name.replace("%", "/")
            if path.startswith(dir_or_prefix):
                yield FileMetadata(path, file.stat().st_size)

    def create(self, path, mime_type="", compression_type=""):
        return open(self.place(path), "wb")

    def open(self, path, mime_type="", compression_type=""):
        return open(self.place(path), "rb")

    def copy(self, source_file_names, destination_file_names):
        raise NotImplementedError

    def rename(self, source_file_names, destination_file_names):
        for one, other in zip(
            source_file_names, destination_file_names, strict=True
        ):
            assert not self.place(other).exists(), other
            os.rename(self.place(one), self.place(other))

    def exists(self, path):
        return self.place(path).is_file()

    def size(self, path):
        return self.place(path).stat().st_size

    def last_updated(self, path):
        return 0.0

    def metadata(self, path):
        return FileMetadata(path, self.size(path))

    def checksum(self, path):
        return ""

    def delete(self, paths):
        for path in paths:
            os.remove(self.place(path))


@pytest.fixture
def box(tmp_path):
    """An empty store."""
    _ROOT["box"] = tmp_path / "box"
    _ROOT["box"].mkdir()
    return "box://mine"


def test_files_are_whole(box):
    """Another file of that name is replaced; halves are not seen."""
    path = f"{box}/folder/file"
    write_whole(path, b"old")
    write_whole(path, b"new")
    assert read_file(path) == b"new" and read_file(path, 2) == b"ne"
    Box.place(f"{box}/folder/.writing-1-file").write_bytes(b"half")
    assert file_names(f"{box}/folder") == {"file"}
    remove_half_written(f"{box}/folder")
    assert len([*_ROOT["box"].iterdir()]) == 1
    assert file_names(f"{box}/none") == set()


def test_inputs(box):
    """All below a folder, or those of a pattern; none is refused."""
    for name in ("a/1.png", "a/b/2.png", "c.jpg"):
        write_whole(f"{box}/{name}", b"")
    assert input_files((f"{box}/a/",)) == [
        *(f"{box}/a/1.png", f"{box}/a/b/2.png"),
    ]
    assert input_files((f"{box}/*.jpg",)) == [f"{box}/c.jpg"]
    for given in (f"{box}/*.gif", "nosuch://mine/*"):
        with pytest.raises(InputError, match="`--input`"):
            input_files((given,))


@pytest.mark.slow
def test_a_whole_batch(box, model, photos, tmp_path):
    """Everything there; a restart does what is missing; --overwrite all."""
    for path in photos.rglob("*.*"):
        name = path.relative_to(photos).as_posix()
        write_whole(f"{box}/in/{name}", path.read_bytes())
    copy_model(model, f"{box}/model/1")
    place = f"{box}/model/1"
    assert model_digest(place) == model_digest(model)
    source = Model("1", lambda: place)
    settings = BatchSettings((f"{box}/in/",), shard_size=4)

    def explain(**words):
        return explain_batch(source, settings, f"{box}/out", Launch(), **words)

    assert explain()[:3] == (10, 0, 0)
    summary = summarize(f"{box}/out")
    assert summary["images"] == 10
    shutil.copy(Box.place(f"{box}/out/summary.json"), tmp_path / "before")
    os.remove(Box.place(f"{box}/out/explained/part-00001-of-00003.parquet"))
    assert explain()[:3] == (4, 0, 6)
    assert summarize(f"{box}/out") == summary
    assert explain(overwrite=True)[:3] == (10, 0, 0)
