"""MatConvNet's networks, written out a second time, and their files."""

import itertools
import types

import h5py
import numpy as np
import pytest
import scipy.io

CLASSES, UNITS = 7, 10
_numbers = itertools.count()
# Arguments that make each of the paper's networks tiny.
TINY = {
    "alexnet": {"width": 6, "units": UNITS},
    "vgg_m": {"width": 6, "units": UNITS},
    "vgg_s": {"width": 6, "units": UNITS},
    "vgg_16": {"width": 2, "units": UNITS},
}
SIZES = {"alexnet": 227, "vgg_m": 224, "vgg_s": 224, "vgg_16": 224}


class Structs(list):
    """A MATLAB array of structs, which is no cell of structs."""


def network(name, seed=0, classes=CLASSES):
    """Returns a SimpleNN of the published shape with few random filters.

    Written from the `.mat` files' description, not from the package.
    """
    random = np.random.default_rng(seed)

    def conv(label, kernel, below, above, stride=1, pad=0):
        scale = np.sqrt(2 / (kernel * kernel * below))
        shape = (kernel, kernel, below, above)
        return {
            "type": "conv",
            "name": label,
            "weights": [
                (scale * random.standard_normal(shape)).astype("float32"),
                random.standard_normal((1, above)).astype("float32"),
            ],
            "stride": float(stride),
            "pad": np.array([[pad] * 4], "float64"),
        }

    def relu(label):
        return {"type": "relu", "name": label}

    def norm(label, *param):
        return {"type": "lrn", "name": label, "param": np.array([param])}

    def pool(label, size, stride, pad=0):
        return {
            "type": "pool",
            "name": label,
            "method": "max",
            "pool": np.array([[size, size]], "float64"),
            "stride": float(stride),
            "pad": np.array([[0.0, pad, 0.0, pad]]),
        }

    if name == "alexnet":
        layers = [
            conv("conv1", 11, 3, 6, stride=4),
            relu("relu1"),
            norm("norm1", 5, 1, 2e-5, 0.75),
            pool("pool1", 3, 2),
            conv("conv2", 5, 3, 16, pad=2),  # two groups: 6 = 2 * 3
            relu("relu2"),
            norm("norm2", 5, 1, 2e-5, 0.75),
            pool("pool2", 3, 2),
            conv("conv3", 3, 16, 24, pad=1),
            relu("relu3"),
            conv("conv4", 3, 12, 24, pad=1),
            relu("relu4"),
            conv("conv5", 3, 12, 16, pad=1),
            relu("relu5"),
            pool("pool5", 3, 2),
            conv("fc6", 6, 16, UNITS),
        ]
    elif name == "vgg_m":
        layers = [
            conv("conv1", 7, 3, 6, stride=2),
            relu("relu1"),
            norm("norm1", 5, 2, 1e-4, 0.75),
            pool("pool1", 3, 2),
            conv("conv2", 5, 6, 16, stride=2, pad=1),
            relu("relu2"),
            norm("norm2", 5, 2, 1e-4, 0.75),
            pool("pool2", 3, 2, pad=1),
        ]
    elif name == "vgg_s":
        layers = [
            conv("conv1", 7, 3, 6, stride=2),
            relu("relu1"),
            norm("norm1", 5, 2, 1e-4, 0.75),
            pool("pool1", 3, 3, pad=2),
            conv("conv2", 5, 6, 16),
            relu("relu2"),
            pool("pool2", 2, 2, pad=1),
        ]
    else:
        layers, below = [], 3
        for block, (filters, count) in enumerate(
            [(2, 2), (4, 2), (8, 3), (16, 3), (16, 3)], start=1
        ):
            for index in range(1, count + 1):
                label = f"{block}_{index}"
                layers += [
                    conv(f"conv{label}", 3, below, filters, pad=1),
                    relu(f"relu{label}"),
                ]
                below = filters
            layers.append(pool(f"pool{block}", 2, 2))
        layers.append(conv("fc6", 7, 16, UNITS))
    if name in ("vgg_m", "vgg_s"):
        for label, below in (("3", 16), ("4", 32), ("5", 32)):
            layers += [
                conv(f"conv{label}", 3, below, 32, pad=1),
                relu(f"relu{label}"),
            ]
        layers += [
            pool("pool5", 3, 2) if name == "vgg_m" else pool("pool5", 3, 3, 1),
            conv("fc6", 6, 32, UNITS),
        ]
    layers += [
        relu("relu6"),
        conv("fc7", 1, UNITS, UNITS),
        relu("relu7"),
        conv("fc8", 1, UNITS, classes),
        {"type": "softmax", "name": "prob"},
    ]
    side = SIZES[name]
    mean = random.uniform(90, 130, (side, side, 3)).astype("float32")
    return {
        "layers": layers,
        "meta": {
            "normalization": {
                "imageSize": np.array([[side, side, 3]], "float64"),
                "averageImage": mean,
            },
            "classes": {
                "name": [f"n{index:08d}" for index in range(classes)],
                "description": [f"class {index}" for index in range(classes)],
            },
        },
    }


def as_dag(net):
    """Returns the same network as `DagNN.saveobj` lays it out."""
    kinds = {
        "conv": "dagnn.Conv",
        "relu": "dagnn.ReLU",
        "lrn": "dagnn.LRN",
        "pool": "dagnn.Pooling",
        "softmax": "dagnn.SoftMax",
    }
    params, layers = Structs(), Structs()
    for index, layer in enumerate(net["layers"]):
        block = {
            key: value
            for key, value in layer.items()
            if key not in ("type", "name", "weights")
        }
        if "pool" in block:
            block["poolSize"] = block.pop("pool")
        names = []
        for suffix, value in zip("fb", layer.get("weights", ()), strict=False):
            names.append(f"{layer['name']}{suffix}")
            params.append({"name": names[-1], "value": value})
        layers.append(
            {
                "name": layer["name"],
                "type": kinds[layer["type"]],
                "inputs": [f"x{index}" if index else "input"],
                "outputs": [f"x{index + 1}"],
                "params": names,
                "block": block or np.zeros((0, 0)),
            }
        )
    return {"layers": layers, "params": params, "meta": net["meta"]}


def save_v5(path, variables):
    """Writes variables as MATLAB's `save -v6` does."""
    held = {name: _cells(value) for name, value in variables.items()}
    scipy.io.savemat(path, held, do_compression=True)


def _cells(value):
    if isinstance(value, dict):
        return {key: _cells(item) for key, item in value.items()}
    if isinstance(value, Structs):
        kind = [(key, object) for key in value[0]]
        array = np.empty((1, len(value)), kind)
        for index, item in enumerate(value):
            array[0, index] = tuple(_cells(held) for held in item.values())
        return array
    if isinstance(value, list):
        array = np.empty((1, len(value)), object)
        array[0] = [_cells(item) for item in value]
        return array
    return value


def save_v73(path, variables):
    """Writes variables as MATLAB's `save -v7.3` does: HDF5 with references."""
    with h5py.File(path, "w", userblock_size=512) as file:
        refs = file.create_group("#refs#")
        for name, value in variables.items():
            _put(file, name, value, refs)


def _put(group, name, value, refs):
    if isinstance(value, Structs):
        node = group.create_group(name)
        node.attrs["MATLAB_class"] = np.bytes_("struct")
        for key in value[0]:
            node[key] = _references([item[key] for item in value], refs)
        return
    if isinstance(value, dict):
        node = group.create_group(name)
        node.attrs["MATLAB_class"] = np.bytes_("struct")
        for key, item in value.items():
            _put(node, key, item, refs)
        return
    kind = {list: "cell", str: "char"}.get(type(value), "double")
    if kind == "cell" and value:
        group[name] = _references(value, refs)
    elif kind == "char":
        group[name] = np.array([[ord(letter)] for letter in value], "uint16")
    else:
        array = np.atleast_2d(np.asarray(value))
        kind = "single" if array.dtype == np.float32 else kind
        empty = not array.size
        group[name] = np.array(array.shape, "uint64") if empty else array.T
        if empty:
            group[name].attrs["MATLAB_empty"] = np.uint8(1)
    group[name].attrs["MATLAB_class"] = np.bytes_(kind)


def _references(values, refs):
    found = np.empty((len(values), 1), h5py.ref_dtype)
    for index, value in enumerate(values):
        name = f"r{next(_numbers)}"
        _put(refs, name, value, refs)
        found[index, 0] = refs[name].ref
    return found


@pytest.fixture(scope="session")
def matconvnet():
    """Makers and writers of MatConvNet's networks."""
    return types.SimpleNamespace(
        tiny=TINY,
        sizes=SIZES,
        classes=CLASSES,
        network=network,
        as_dag=as_dag,
        save_v5=save_v5,
        save_v73=save_v73,
    )
