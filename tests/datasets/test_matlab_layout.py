"""MATLAB files are looked through before SciPy's compiled part reads them."""

import io
import struct

import numpy as np
import pytest
from scipy.io import savemat

from tf_explainer.datasets.crops.matlab_file import MatlabFile
from tf_explainer.datasets.crops.matlab_layout import check_matlab_layout
from tf_explainer.errors import InputError

HELD = {
    "anno": {"name": "cat", "box": np.ones((1, 4)), "deep": {"x": 1 + 2j}},
    "cells": np.array([np.arange(3), "word"], object),
    "none": np.zeros((0, 0)),
    "many": np.array([(1, "a"), (2, "b")], [("n", object), ("t", object)]),
}


def saved(compressed):
    """The file."""
    savemat(file := io.BytesIO(), HELD, do_compression=compressed)
    return file.getvalue()


@pytest.mark.parametrize("compressed", [True, False])
def test_whole_files_pass(tmp_path, compressed):
    """Numbers, texts, cells, structs and arrays of them, and nothing."""
    path = tmp_path / "file.mat"
    path.write_bytes(saved(compressed))
    check_matlab_layout(path)
    assert MatlabFile(path, "anno").value["name"] == "cat"


def test_sparse_numbers_and_other_versions_pass(tmp_path):
    """They are read by other code, or have a form of their own."""
    from scipy.sparse import csc_matrix

    savemat(tmp_path / "sparse.mat", {"x": csc_matrix(np.eye(3))})
    savemat(tmp_path / "old.mat", {"x": np.eye(3)}, format="4")
    check_matlab_layout(tmp_path / "sparse.mat")
    check_matlab_layout(tmp_path / "old.mat")


@pytest.mark.parametrize("compressed", [True, False])
def test_each_cut_is_refused(tmp_path, compressed):
    """Within a variable; between two it is a shorter file."""
    data, path = saved(compressed), tmp_path / "file.mat"
    whole = 0
    for end in range(130, len(data)):
        path.write_bytes(data[:end])
        try:
            check_matlab_layout(path)
            whole += 1
        except InputError:
            pass
    assert whole < len(HELD)


def test_a_kind_that_is_not_there(tmp_path):
    """This took the whole process down."""
    data = saved(False)
    double = struct.pack("<II", 9, 32)
    assert double in data
    path = tmp_path / "file.mat"
    path.write_bytes(data.replace(double, struct.pack("<II", 159, 32)))
    with pytest.raises(InputError, match="cut off or damaged"):
        MatlabFile(path, "anno")
