"""Tiny runs, and whether two of them found the same."""

import atexit
import csv
import functools
import io
import json
import shutil
import tempfile
import zipfile
from pathlib import Path

import h5py
import numpy as np
from PIL import Image

from tests.torture.processes import Command

TINY = [
    *("--image-size", 48, "--batch-size", 8),
    *("--performer-epochs", 1, "--epochs", 2),
]
DRAWN = [*TINY, "--data-option", "train=12", "--data-option", "test=8"]
# What tells of the machine and the hour, and not of the images.
_OF_THE_HOUR = ("seconds", "machine")
_UNFINISHED = (".writing-*", ".old-*")


def drawn(folder: Path) -> list:
    """Options of a tiny run on drawn animals, prepared in a folder."""
    return [*DRAWN, "--data-dir", folder]


def dots(folder: Path, count: int = 30, size: int = 32) -> Path:
    """Writes an annotated folder of red and green dots with heads."""
    noise = np.random.default_rng(0)
    (folder / "images").mkdir(parents=True)
    with open(folder / "annotations.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "category", "split", "head_y", "head_x"])
        for index in range(count):
            image = noise.integers(0, 60, (size, size, 3)).astype("uint8")
            row, column = noise.integers(2, size - 10, 2)
            image[row : row + 8, column : column + 8, index % 2] = 240
            split = "train" if index < 0.8 * count else "test"
            place = (row + 4) / size, (column + 4) / size
            category = ("red", "green")[index % 2]
            Image.fromarray(image).save(folder / "images" / f"{index}.png")
            table.writerow([f"{index}.png", category, split, *place])
    return folder


@functools.cache
def finished_run() -> Path:
    """Returns a run that nobody disturbed; all promises share it.

    Beside it lie `data`, the images it was made of, and `tmp`, its TMPDIR.
    """
    folder = Path(tempfile.mkdtemp(prefix="torture_run_")).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    out = folder / "out"
    words = ["run", "--out", out, *drawn(folder / "data")]
    command = Command(words, folder / "tmp")
    if command.end() != 0:
        raise RuntimeError(f"a run nobody disturbed: {command.last_line()}")
    command.survivors()
    return out


def difference(out: Path, reference: Path) -> str:
    """Returns how two runs differ; empty if they are the same to the bit."""
    for name in ("performer.keras", "explainer.keras"):
        if found := _weights_differ(out / name, reference / name):
            return found
    if _numbers(out) != _numbers(reference):
        return "result.json tells other numbers"
    with np.load(out / ".tf_explainer/observation.npz") as one:
        with np.load(reference / ".tf_explainer/observation.npz") as other:
            for key in other.files:
                if not _same(one[key], other[key]):
                    return f"observation.npz has other {key}"
    served = out / "saved_model/1/saved_model.pb"
    return "" if served.is_file() else "there is no SavedModel"


def _numbers(out: Path) -> dict:
    found = json.loads((out / "result.json").read_text())
    for name in _OF_THE_HOUR:
        found.pop(name, None)
    found["settings"].pop("data_dir", None)
    return found


def _weights_differ(one: Path, other: Path) -> str:
    first, second = weights_of(one), weights_of(other)
    if first.keys() != second.keys():
        return f"{one.name} has other weights"
    for name, value in second.items():
        if not _same(first[name], value):
            return f"{one.name}: {name} differs"
    return ""


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    kind = one.dtype, one.shape
    return kind == (other.dtype, other.shape) and (
        one.tobytes() == other.tobytes()
    )


def weights_of(path: Path) -> dict[str, np.ndarray]:
    """Returns all weights of a .keras file by their paths in it."""
    found = {}

    def keep(name, node):
        if isinstance(node, h5py.Dataset):
            found[name] = node[()]

    with zipfile.ZipFile(path) as archive:
        content = archive.read("model.weights.h5")
    with h5py.File(io.BytesIO(content)) as file:
        file.visititems(keep)
    return found


def leftovers(out: Path, temporary: Path, data: Path | None = None) -> str:
    """Returns what should not be there after the work is done."""
    found = [path for mark in _UNFINISHED for path in out.rglob(mark)]
    found += list(temporary.iterdir()) if temporary.is_dir() else []
    found += list(data.rglob("*incomplete*")) if data else []
    return ", ".join(sorted({path.name for path in found}))


def stamps(out: Path) -> dict[str, tuple[int, int]]:
    """Returns size and time of each file of a run."""
    return {
        str(path.relative_to(out)): (
            path.stat().st_size,
            path.stat().st_mtime_ns,
        )
        for path in out.rglob("*")
        if path.is_file()
    }
