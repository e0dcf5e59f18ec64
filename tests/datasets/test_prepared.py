"""Several processes may want the same data set at the same time."""

import contextlib
import sys

import pytest

from tf_explainer.datasets.prepared_files import prepared

MODULE = sys.modules[prepared.__module__]


class Builder:
    """As much of a tfds builder as is asked for."""

    name = "things"

    def __init__(self, root, made):
        self.data_dir = root / "data/things/small/1.0.0"
        self.made = made
        self.knows = bool(made)

    def is_prepared(self):
        """As tfds tells by the folder."""
        return self.knows

    def download_and_prepare(self):
        """Does nothing where the files are there, as tfds does."""
        if not self.knows:
            self.made.append(1)
            self.knows = True


@pytest.mark.parametrize("meanwhile", [False, True])
def test_made_once(tmp_path, monkeypatch, meanwhile):
    """Who waited sees what the other has made, and makes nothing."""
    made, locks = [], []

    @contextlib.contextmanager
    def lock(path):
        locks.append(path)
        if meanwhile:
            made.append("by another process")
        yield

    monkeypatch.setattr(MODULE, "FileLock", lock)
    builder = prepared(lambda: Builder(tmp_path, made))
    assert builder.knows and len(made) == 1
    again = prepared(lambda: Builder(tmp_path, made))
    assert again.knows and len(made) == 1
    # Not in the folder that tfds reads, and once: read-only data need none.
    assert locks == [tmp_path / "data/.things.lock"]


def test_says_once_that_it_is_made(tmp_path, capsys):
    """Nothing but that, and nothing where the files are there."""
    made = []
    for _ in range(2):
        prepared(lambda: Builder(tmp_path, made))
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        f"making data set 'things' in {tmp_path}/data/things/small/1.0.0, "
        "once\n"
    )


def test_lock_is_given_back(tmp_path):
    """A failure keeps nobody else out."""

    class Broken(Builder):
        def download_and_prepare(self):
            raise OSError("No space left on device")

    for _ in range(2):
        with pytest.raises(OSError, match="No space left"):
            prepared(lambda: Broken(tmp_path, []))
    assert prepared(lambda: Builder(tmp_path, [])).knows
