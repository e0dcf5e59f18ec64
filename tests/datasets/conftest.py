"""Small files in the data sets' own formats."""

import h5py
import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image
from scipy.io import savemat

_HEAD = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, HDF5 schema 1.00 ."


@pytest.fixture(scope="session")
def write_mat():
    """Writer of one variable as MATLAB 5 or 7.3 does it."""

    def write(path, name, value, version="5"):
        path.parent.mkdir(parents=True, exist_ok=True)
        if version == "5":
            savemat(path, {name: _struct_array(value)})
            return
        with h5py.File(path, "w", userblock_size=512) as file:
            _put(file, file.create_group("#refs#"), name, value)
        with open(path, "r+b") as file:
            file.write(_HEAD.ljust(124) + b"\x00\x02IM")

    return write


def _struct_array(value):
    if isinstance(value, dict):
        return {key: _struct_array(entry) for key, entry in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        kind = [(key, object) for key in value[0]]
        rows = np.empty((1, len(value)), kind)
        for index, entry in enumerate(value):
            for key in entry:
                rows[0, index][key] = _struct_array(entry[key])
        return rows
    return value


def _put(parent, refs, name, value):
    """HDF5 as MATLAB writes it: struct arrays are tables of references."""
    if isinstance(value, dict):
        group = parent.create_group(name)
        group.attrs["MATLAB_class"] = np.bytes_("struct")
        for key, entry in value.items():
            _put(group, refs, key, entry)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        group = parent.create_group(name)
        group.attrs["MATLAB_class"] = np.bytes_("struct")
        for key in value[0]:
            table = np.empty((len(value), 1), h5py.ref_dtype)
            for index, entry in enumerate(value):
                place = f"r{len(refs)}"
                _put(refs, refs, place, entry[key])
                table[index, 0] = refs[place].ref
            group.create_dataset(key, data=table, dtype=h5py.ref_dtype)
    else:
        _put_array(parent, name, value)


def _put_array(parent, name, value):
    kind, more = "double", {}
    if isinstance(value, str):
        codes = np.array([[ord(letter)] for letter in value], "uint16")
        data, kind, more = codes, "char", {"MATLAB_int_decode": np.int32(2)}
    elif not np.size(value):
        data, more = np.zeros(2, "uint64"), {"MATLAB_empty": np.uint8(1)}
    else:
        array = np.atleast_2d(np.asarray(value))
        data = array.T
        if array.dtype == bool:
            data, kind = data.astype("uint8"), "logical"
            more = {"MATLAB_int_decode": np.int32(1)}
    dataset = parent.create_dataset(name, data=data)
    dataset.attrs["MATLAB_class"] = np.bytes_(kind)
    for key, entry in more.items():
        dataset.attrs[key] = entry


@pytest.fixture(scope="session")
def write_image():
    """Writer of a photograph: its color tells its number, a dot each place."""

    def write(path, height, width, number, places=()):
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.full((height, width, 3), 40 + number % 60, "uint8")
        # Without noise two photographs could be equal, byte for byte.
        noise = np.random.default_rng(number).integers(0, 9, pixels.shape)
        pixels += noise.astype("uint8")
        for row, column in places:
            rows, columns = np.indices((height, width)) + 0.5
            pixels[np.hypot(rows - row, columns - column) < 5] = 250
        Image.fromarray(pixels).save(path, quality=95)

    return write


@pytest.fixture(scope="session")
def is_bright():
    """Whether an image is bright at a landmark, so that the two agree."""

    def check(image, landmark):
        height, width = image.shape[:2]
        row, column = int(landmark[0] * height), int(landmark[1] * width)
        return int(image[row, column].min()) > 200

    return check


@pytest.fixture(scope="module", autouse=True)
def no_bars():
    """The bars of tfds stay out of the tests' output."""
    tfds.disable_progress_bar()
    yield
    tfds.enable_progress_bar()
