"""The readers of models, of MATLAB's files and of runs."""

import functools
import io
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from tests.torture.readers import READERS, Reader


def _matlab(folder: Path) -> list[bytes]:
    from scipy.io import savemat

    layer = {
        "type": "conv",
        "name": "conv1",
        "weights": np.empty(2, object),
        "stride": np.ones(2),
        "pad": np.zeros(4),
    }
    layer["weights"][:] = np.ones((3, 3, 3, 2), "float32"), np.ones(2)
    layers = np.empty(1, object)
    layers[0] = layer
    held = {
        "net": {"layers": layers, "meta": {"inputs": "data"}},
        "anno": {"objects": {"class": "cat", "bbox": np.ones(4)}},
    }
    found = []
    for compressed in (True, False):
        savemat(file := io.BytesIO(), held, do_compression=compressed)
        found.append(file.getvalue())
    with h5py.File(file := io.BytesIO(), "w") as new:
        for name in ("net", "anno"):
            group = new.create_group(name)
            group.attrs["MATLAB_class"] = np.bytes_(b"struct")
            group["size"] = np.arange(6.0).reshape(2, 3)
            group["size"].attrs["MATLAB_class"] = np.bytes_(b"double")
            group["name"] = np.array([[99, 97, 116]], "uint16")
            group["name"].attrs["MATLAB_class"] = np.bytes_(b"char")
    return [*found, file.getvalue()]


def _read_matlab(data: bytes, folder: Path) -> Any:
    from tf_explainer.datasets.crops.matlab_file import MatlabFile
    from tf_explainer.errors import InputError
    from tf_explainer.performers.matconvnet_file import load_matconvnet

    path = folder / "file.mat"
    path.write_bytes(data)
    try:
        load_matconvnet(path)
    except InputError:
        # The other reader has its turn, too.
        file = MatlabFile(path, "anno")
        list(file.entries(file.field(file.value, "objects"), "class"))


@functools.cache
def _saved(suffix: str) -> bytes:
    from tf_explainer.explainer import Explainer
    from tf_explainer.testing import toy_performer

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"model{suffix}"
        model = toy_performer()
        if suffix == ".explainer.keras":
            model = Explainer.from_performer(model, preset="filters")
        model.save(path)
        return path.read_bytes()


def _keras(folder: Path) -> list[bytes]:
    return [_saved(".keras"), _saved(".explainer.keras")]


def _read_keras(data: bytes, folder: Path) -> Any:
    return _load(data, folder / "model.keras")


def _read_h5(data: bytes, folder: Path) -> Any:
    return _load(data, folder / "model.h5")


def _load(data: bytes, path: Path) -> Any:
    from tf_explainer.performers.model_file import load_model

    path.write_bytes(data)
    return load_model(path)


@functools.cache
def served_toy() -> Path:
    """Returns a small exported model."""
    import atexit

    from tf_explainer.explainer import Explainer
    from tf_explainer.export.served import export_saved_model
    from tf_explainer.testing import toy_performer

    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    explainer = Explainer.from_performer(toy_performer(), preset="filters")
    export_saved_model(explainer, folder / "1")
    return folder / "1"


def _saved_models(folder: Path) -> list[bytes]:
    model = served_toy()
    (index,) = (model / "variables").glob("*.index")
    return [
        (model / "saved_model.pb").read_bytes(),
        (model / "assets.extra/names.json").read_bytes(),
        index.read_bytes(),
    ]


def _read_saved_model(data: bytes, folder: Path) -> Any:
    from tf_explainer.serving.served_model import ServedModel

    copy = folder / "model"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(served_toy(), copy)
    (index,) = (copy / "variables").glob("*.index")
    places = copy / "saved_model.pb", copy / "assets.extra/names.json", index
    # Which one it was is told by its length and its beginning.
    which = 1 if data[:1] in b"{[" else int(len(data) < 20_000) * 2
    places[which].write_bytes(data)
    return ServedModel(copy)


def _states(folder: Path) -> list[bytes]:
    from tf_explainer.config.settings import Settings

    return [
        json.dumps(Settings(epochs=7).to_json()).encode(),
        b'{"performer": 1.5, "explain": 20}',
        b'{"categories": ["cat"], "history": {"loss": [1.0]}}',
    ]


def _read_state(data: bytes, folder: Path) -> Any:
    from tf_explainer.errors import InputError
    from tf_explainer.runs.out_folder import OutFolder

    run, hidden = OutFolder(folder / "run"), folder / "run" / ".tf_explainer"
    hidden.mkdir(parents=True, exist_ok=True)
    for name in ("settings", "seconds", "performer"):
        (hidden / f"{name}.json").write_bytes(data)
    run.result.write_bytes(data)
    for read in (
        run.settings,
        run.seconds,
        run.read_result,
        lambda: run.recorded("performer", "history"),
    ):
        try:
            read()
        except InputError:
            continue


ALL = {
    **READERS,
    "files of a run": Reader(_states, _read_state, True, 1500),
    "MATLAB": Reader(_matlab, _read_matlab, False, 1500),
    "Keras .keras": Reader(_keras, _read_keras, False, 400),
    "Keras .h5": Reader(lambda _: [_saved(".h5")], _read_h5, False, 400),
    "SavedModel": Reader(_saved_models, _read_saved_model, False, 40),
}
