"""MATLAB files of both versions say the same."""

import numpy as np
import pytest

from tf_explainer.datasets.crops.matlab_file import MatlabFile
from tf_explainer.errors import InputError

VERSIONS = pytest.mark.parametrize("version", ["5", "7.3"])


@VERSIONS
@pytest.mark.parametrize("count", [0, 1, 3])
def test_entries(tmp_path, write_mat, version, count):
    """None, one and several entries, with texts, masks and empty values."""
    mask = np.arange(6).reshape(2, 3) > 2
    entries = [
        {"name": f"part{i}", "mask": mask, "box": [] if i else {"x": 2.0}}
        for i in range(count)
    ]
    write_mat(tmp_path / "a.mat", "anno", {"list": entries, "n": 1.0}, version)
    file = MatlabFile(tmp_path / "a.mat", "anno")
    struct = file.field(file.value, "list")
    found = list(file.entries(struct, "name", "mask", "box"))
    assert [entry["name"] for entry in found] == [
        entry["name"] for entry in entries
    ]
    for entry in found:
        np.testing.assert_array_equal(entry["mask"], mask)
    if count:
        assert file.number(found[0], "box", "x") == 2.0
    if count > 1:
        assert not len(found[1]["box"])


@VERSIONS
def test_numbers_written_as_texts(tmp_path, write_mat, version):
    """Some boxes are numbers, others texts."""
    write_mat(
        tmp_path / "a.mat", "s", {"x": "12", "y": 12.0, "z": "no"}, version
    )
    file = MatlabFile(tmp_path / "a.mat", "s")
    assert file.number(file.value, "x") == file.number(file.value, "y") == 12
    with pytest.raises(InputError, match=r"a.mat, box 3: 'z' must be a number"):
        file.number(file.value, "z", where="box 3")


@VERSIONS
def test_missing_names(tmp_path, write_mat, version):
    """A variable or a field that is not there is named with the file."""
    write_mat(tmp_path / "a.mat", "s", {"x": {"y": 1.0}}, version)
    with pytest.raises(InputError, match=r"a.mat: has no variable 'truth'"):
        MatlabFile(tmp_path / "a.mat", "truth")
    file = MatlabFile(tmp_path / "a.mat", "s")
    with pytest.raises(InputError, match=r"a.mat, part 2: has no field 'x.z'"):
        file.field(file.value, "x", "z", where="part 2")


@pytest.mark.parametrize(
    "content", [b"", b"no MATLAB file", b"\x89HDF\r\n\x1a\n"]
)
def test_broken_file(tmp_path, content):
    """Empty, text, and an HDF5 file that is cut off."""
    (tmp_path / "a.mat").write_bytes(content)
    with pytest.raises(InputError, match=r"a.mat: cannot be read as a MATLAB"):
        MatlabFile(tmp_path / "a.mat", "anno")
    with pytest.raises(InputError, match=r"b.mat: there is no such file"):
        MatlabFile(tmp_path / "b.mat", "anno")


@VERSIONS
def test_cut_off_file(tmp_path, write_mat, version):
    """A download that stopped midway."""
    path = tmp_path / "a.mat"
    write_mat(path, "s", [{"x": float(i)} for i in range(200)], version)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match=r"a.mat: "):
        MatlabFile(path, "s")
