"""One way in for images, and the memory that it takes for large ones.

`python -m tests.torture.bomb_worker WAY FOLDER` writes a line of JSON a file.
"""

import json
import resource
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

Ask = Callable[[Path], object]


def _training(folder: Path) -> Ask:
    from tf_explainer.datasets import open_dataset

    def ask(path: Path) -> object:
        shutil.rmtree(folder / "one", ignore_errors=True)
        (folder / "one").mkdir()
        shutil.copy(path, folder / "one")
        found = open_dataset(folder / "one", 32)
        return [image.shape for image in found.splits["train"].images]

    return ask


def _explain(folder: Path) -> Ask:
    from tf_explainer.explainer import Explainer
    from tf_explainer.testing import toy_performer

    explainer = Explainer.from_performer(toy_performer(), preset="filters")
    return lambda path: explainer.explain(path)


def _explain_bytes(folder: Path) -> Ask:
    import tensorflow as tf

    from tests.torture.model_readers import served_toy

    model = tf.saved_model.load(str(served_toy()))
    answer = model.signatures["explain_bytes"]
    return lambda path: answer(image_bytes=tf.constant([path.read_bytes()]))


def _server(folder: Path) -> Ask:
    from tests.torture.model_readers import served_toy
    from tf_explainer.serving.served_model import ServedModel

    model = ServedModel(served_toy(), max_pixels=None)
    return lambda path: model.explain({"image_bytes": [path.read_bytes()]})


def _show(folder: Path) -> Ask:
    from tests.torture.run_folders import finished_run
    from tf_explainer.runs.explained_run import Asked
    from tf_explainer.runs.showing import tell_images

    run = finished_run()

    def ask(path: Path) -> object:
        shown = tell_images(run, [path], Asked())
        for fault in shown.faults.values():
            raise ValueError(fault)
        return shown

    return ask


def _batch(folder: Path) -> Ask:
    from tf_explainer.batch.reading import read_images
    from tf_explainer.batch.work_list import Source
    from tf_explainer.config.batch import BatchSettings

    settings = BatchSettings((str(folder),))

    def ask(path: Path) -> object:
        source = Source(str(path))
        read = read_images(0, [source], settings, (32, 32, 3), False)
        for letter in read.dead:
            raise ValueError(letter.reason)
        return read

    return ask


WAYS: dict[str, Callable[[Path], Ask]] = {
    "training": _training,
    "explain_bytes": _explain_bytes,
    "explain": _explain,
    "server": _server,
    "batch": _batch,
    "show": _show,
}


def main() -> None:
    """Asks about a small image first, and then about each file."""
    way, place = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        ask = WAYS[way](Path(folder))
        for kind in ("png", "jpeg", "bmp", "webp", "gif"):
            # What is traced for each kind is no part of it.
            pixels = np.zeros((64, 64, 3), "uint8")
            small = Path(folder) / f"small.{kind}"
            Image.fromarray(pixels).save(small)
            ask(small)
        for path in sorted(Path(place).iterdir()):
            if path.is_file():
                _tell(ask, path)


def _tell(ask: Ask, path: Path) -> None:
    before, said = _peak(), "read"
    try:
        ask(path)
    except Exception as error:
        said = " ".join(str(error).split())[:400]
    told = {"name": path.name, "said": said, "mib": _peak() - before}
    print(json.dumps(told), flush=True)


def _peak() -> int:
    """Most memory so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
