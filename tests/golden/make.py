"""Made the files beside it, once: `python -m tests.golden.make`.

They stay what they are: a later version must read those of the first one, and
tell the same numbers.
"""

import json
import zipfile
from pathlib import Path

import keras
import numpy as np

from tf_explainer.config.settings import Settings
from tf_explainer.experiments.grid import toml_text
from tf_explainer.explainer import Explainer
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.testing import toy_images, toy_performer

HERE = Path(__file__).parent
OPTIONS = {
    "data": "animals",
    "categories": ["cat", "dog"],
    "epochs": 8,
    "eta": 0.5,
    "preset": "filters",
    "skip_broken": True,
}
# With parts and without.
PRESETS = ("default", "filters")
TOLD = ("scores", "performer_scores", "peaks", "peak_strengths")


def told_by(explainer: Explainer) -> dict[str, np.ndarray]:
    """Returns what an explainer tells of the toy images."""
    out = explainer(toy_images(3), training=False)
    names = TOLD + (("part_places",) if "part_places" in out else ())
    return {name: np.asarray(out[name]) for name in names}


def _packed(path: Path) -> None:
    """Keras packs nothing, and the history should stay small."""
    with zipfile.ZipFile(path) as old:
        held = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in held.items():
            new.writestr(name, data)


def main() -> None:
    """Writes all of them but `result.json`, which is that of a run."""
    values = {}
    for preset in PRESETS:
        keras.utils.set_random_seed(0)
        explainer = Explainer.from_performer(toy_performer(), preset=preset)
        explainer.save(path := HERE / f"{preset}.explainer.keras")
        _packed(path)
        values |= {
            f"{preset}/{name}": value
            for name, value in told_by(explainer).items()
        }
    np.savez_compressed(HERE / "values.npz", **values)
    (HERE / "config.toml").write_text(toml_text(OPTIONS))
    OutFolder(HERE / "run").store_settings(Settings(**OPTIONS))


def result() -> dict:
    """Returns the result of a run of the first release."""
    return json.loads((HERE / "result.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
