"""A file or folder is there whole or not at all."""

import errno

import pytest

from tf_explainer.whole_files import atomic_write


def _write_folder(folder, text):
    (folder / "variables").mkdir(parents=True)
    (folder / "variables" / "a.txt").write_text(text)


def test_file_is_replaced(tmp_path):
    """The new content is there and nothing else is left behind."""
    path = tmp_path / "new" / "model.keras"
    for text in ("first", "second"):
        with atomic_write(path) as beside:
            assert beside.suffix == ".keras"
            beside.write_text(text)
    assert path.read_text() == "second"
    assert list(path.parent.iterdir()) == [path]


def test_folder_is_replaced(tmp_path):
    """A folder takes the place of a folder."""
    path = tmp_path / "saved_model" / "1"
    for text in ("first", "second"):
        with atomic_write(path) as beside:
            _write_folder(beside, text)
    assert (path / "variables" / "a.txt").read_text() == "second"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()]
)
def test_old_file_survives(tmp_path, error):
    """A full disk or Ctrl-C midway leaves the old file, and no half one."""
    path = tmp_path / "result.json"
    path.write_text("old")
    with pytest.raises(type(error)):
        with atomic_write(path) as beside:
            beside.write_text("half")
            raise error
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_old_folder_survives(tmp_path):
    """The same for a folder."""
    path = tmp_path / "1"
    with atomic_write(path) as beside:
        _write_folder(beside, "old")
    with pytest.raises(OSError, match="full"):
        with atomic_write(path) as beside:
            _write_folder(beside, "half")
            raise OSError("full")
    assert (path / "variables" / "a.txt").read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
