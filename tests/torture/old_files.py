"""Files of the first release are read; those of later ones are refused."""

import json
import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.golden.make import HERE, OPTIONS, PRESETS, told_by
from tests.torture.model_readers import served_toy
from tests.torture.processes import work_folder
from tests.torture.promise import Budget, Outcome, promise
from tf_explainer.config.settings import Settings
from tf_explainer.config.toml import read_config
from tf_explainer.errors import InputError
from tf_explainer.evaluation.observation import load_observation
from tf_explainer.runs.explained_run import load_explainer
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.serving.model_folder import read_names

_CLOSE = 1e-5


@promise(
    "old files",
    "What the first release wrote is read, and tells the same numbers.",
    "Golden files: explainers with parts and without, settings and result of a "
    "run, a configuration; outputs are compared to 1e-5.",
    share=0.2,
    quick=True,
)
def old_files(budget: Budget, draw: random.Random) -> Outcome:
    """Nothing in the golden folder is written."""
    outcome = Outcome()
    with np.load(HERE / "values.npz") as values:
        for preset in PRESETS:
            path = HERE / f"{preset}.explainer.keras"
            for name, value in told_by(load_explainer(path)).items():
                outcome.cases += 1
                same = np.allclose(
                    value, values[f"{preset}/{name}"], atol=_CLOSE
                )
                outcome.check(same, f"{preset}: other {name}")
    same = Settings(**read_config(HERE / "config.toml")) == Settings(**OPTIONS)
    outcome.check(same, "config.toml says something else")
    with work_folder() as folder:
        shutil.copytree(HERE / "run", folder / "run")
        shutil.copy(HERE / "result.json", folder / "run")
        run = OutFolder(folder / "run")
        same = run.settings() == Settings(**OPTIONS)
        outcome.check(same, "the settings of a run say something else")
        outcome.check("delta_error" in run.read_result(), "no numbers")
    outcome.cases += 3
    return outcome


@promise(
    "later files",
    "A file of a later version is refused in a line that says to update.",
    "result.json, settings, explainer.keras, observation.npz, the names of a "
    "SavedModel, each with the number of a form that is not known yet.",
    share=0.1,
    quick=True,
)
def later_files(budget: Budget, draw: random.Random) -> Outcome:
    """Each in a folder of its own."""
    outcome = Outcome()
    readers: dict[str, Callable[[Path], object]] = {
        "result.json": _later_result,
        "settings": _later_settings,
        "explainer.keras": _later_explainer,
        "observation.npz": _later_observation,
        "names of a SavedModel": _later_names,
    }
    for name, read in readers.items():
        outcome.cases += 1
        with work_folder() as folder:
            try:
                read(folder)
                outcome.check(False, f"{name}: it is read")
            except InputError as error:
                outcome.check("update" in str(error), f"{name}: {error}")
    return outcome


def _raised(path: Path, key: str) -> None:
    held = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**held, key: 99}), encoding="utf-8")


def _later_result(folder: Path) -> object:
    shutil.copy(HERE / "result.json", folder)
    _raised(folder / "result.json", "schema_version")
    return OutFolder(folder).read_result()


def _later_settings(folder: Path) -> object:
    OutFolder(folder).store_settings(Settings())
    _raised(folder / ".tf_explainer" / "settings.json", "format")
    return OutFolder(folder).settings()


def _later_explainer(folder: Path) -> object:
    path = folder / "explainer.keras"
    with (
        zipfile.ZipFile(HERE / "filters.explainer.keras") as old,
        zipfile.ZipFile(path, "w") as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            if name == "config.json":
                held = json.loads(data)
                held["config"]["format"] = 99
                data = json.dumps(held).encode()
            new.writestr(name, data)
    return load_explainer(path)


def _later_observation(folder: Path) -> object:
    about = np.array(json.dumps({"format": 99}))
    np.savez(folder / "observation.npz", about=about)
    return load_observation(folder / "observation.npz")


def _later_names(folder: Path) -> object:
    shutil.copytree(served_toy(), folder / "1")
    _raised(folder / "1" / "assets.extra" / "names.json", "format")
    return read_names(folder / "1")
