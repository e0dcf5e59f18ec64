"""Animals drawn from parts, with exact landmarks and masks."""

import base64
import contextlib
import dataclasses
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import IO, Any, cast

import numpy as np
import tensorflow_datasets as tfds
from PIL import Image

from tf_explainer.datasets.drawn_animals.categories import (
    CATEGORIES,
    PART_NAMES,
)
from tf_explainer.datasets.drawn_animals.painting import Drawing, draw_animal
from tf_explainer.errors import InputError
from tf_explainer.parent_watch import end_with_parent

# The splits of one seed draw from numbers that no other split uses.
_MOST_IMAGES = 1_000_000


@dataclasses.dataclass(kw_only=True)
class DrawnAnimalsConfig(tfds.core.BuilderConfig):
    """Settings of the builder `drawn_animals`; its files are kept by them.

    Attributes:
        name: Made from the other settings.
        train: Images of the training split.
        test: Images of the test split.
        size: Height and width of the images, in pixels.
        seed: Another seed draws other animals.
    """

    name: str = ""
    train: int = 2400
    test: int = 600
    size: int = 96
    seed: int = 0

    def __post_init__(self) -> None:
        self.name = f"{self.train}_{self.test}_{self.size}px_{self.seed}"
        for split in ("train", "test"):
            images = getattr(self, split)
            if not 1 <= images <= _MOST_IMAGES:
                raise InputError(
                    f"`{split}` must be within [1, {_MOST_IMAGES}], received "
                    f"{images}."
                )
        if self.size < 16:
            raise InputError(f"`size` must be >= 16, received {self.size}.")
        if self.seed < 0:
            raise InputError(f"`seed` must be >= 0, received {self.seed}.")

    def seeds(self, split: str) -> range:
        """Returns the numbers that a split's images are drawn from."""
        first = (2 * self.seed + (split == "test")) * _MOST_IMAGES
        return range(first, first + getattr(self, split))


Example = dict[str, Any]
# Fewer drawings take less time than the start of the processes.
_FEW = 200
# Not multiprocessing: it would run the user's script anew in each process.
# The name says that no model is wanted, hence no TensorFlow.
_PROGRAM = (
    "import sys; sys.argv[0] = 'tf-explainer'; "
    f"from {__name__} import _work; _work()"
)


def draw_examples(
    seeds: range, size: int, processes: int | None = None
) -> Iterator[Example]:
    """Yields the example of each seed, in order.

    Args:
        seeds: Numbers of the drawings.
        size: Height and width in pixels.
        processes: How many draw at the same time; by default one for each
            core, or this one alone if there is little to do.

    Yields:
        `image` and `part_map` as PNG files, `label`, `landmarks` and `seed`.
    """
    if processes is None:
        processes = 1 if len(seeds) < _FEW else _cores()
    if processes == 1:
        for seed in seeds:
            yield _example(draw_animal(seed, size=size))
        return
    workers = [
        _start(seeds[first::processes], size) for first in range(processes)
    ]
    try:
        for index in range(len(seeds)):
            yield _next_example(workers[index % processes])
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


def _cores() -> int:
    # A container may own fewer cores than the machine has.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _start(seeds: range, size: int) -> subprocess.Popen[bytes]:
    numbers = (seeds.start, seeds.stop, seeds.step, size)
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *map(str, numbers)],
        # It ends when nobody holds the other end.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        # Ctrl-C reaches this process, which then ends the others.
        start_new_session=True,
    )


def _next_example(worker: subprocess.Popen[bytes]) -> Example:
    line = cast(IO[bytes], worker.stdout).readline()
    if not line.endswith(b"\n"):
        raise RuntimeError(
            f"A drawing process ended early, with status {worker.wait()}."
        )
    return _from_line(line)


def _work() -> None:
    end_with_parent()
    start, stop, step, size = map(int, sys.argv[1:])
    seeds = range(start, stop, step)
    # The reader may have had enough.
    with contextlib.suppress(BrokenPipeError):
        for example in draw_examples(seeds, size, processes=1):
            sys.stdout.buffer.write(_as_line(example))
        sys.stdout.buffer.flush()


def _as_line(example: Example) -> bytes:
    """JSON, since what another process wrote is not to be unpickled."""
    told = {
        **example,
        **{k: base64.b64encode(example[k]).decode() for k in _FILES},
        "landmarks": example["landmarks"].tolist(),
    }
    return json.dumps(told).encode() + b"\n"


def _from_line(line: bytes) -> Example:
    told = json.loads(line)
    return {
        **told,
        **{k: base64.b64decode(told[k]) for k in _FILES},
        "landmarks": np.asarray(told["landmarks"], np.float32),
    }


_FILES = ("image", "part_map")


def _example(drawing: Drawing) -> Example:
    return {
        "image": _png(drawing.image),
        "part_map": _png(drawing.part_map),
        "label": drawing.category,
        "landmarks": drawing.landmarks,
        "seed": drawing.seed,
    }


def _png(pixels: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png", compress_level=1)
    return file.getvalue()


class Builder(tfds.core.GeneratorBasedBuilder):
    """Draws animals; nothing is downloaded.

    A landmark is the centre of a part as (row, column) in fractions of the
    image, NaN where hidden or absent. `draw_animal(seed, size=size)` draws an
    example anew, also with parts left out.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}
    BUILDER_CONFIGS = [DrawnAnimalsConfig()]

    def _info(self) -> tfds.core.DatasetInfo:
        size = self.builder_config.size
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(
                        shape=(size, size, 3), encoding_format="png"
                    ),
                    "label": tfds.features.ClassLabel(names=CATEGORIES),
                    "landmarks": tfds.features.Tensor(
                        shape=(len(PART_NAMES), 2), dtype=np.float32
                    ),
                    "part_map": tfds.features.Image(
                        shape=(size, size, 1), encoding_format="png"
                    ),
                    "file": tfds.features.Text(),
                    "seed": np.int64,
                }
            ),
            supervised_keys=("image", "label"),
            metadata=tfds.core.MetadataDict(landmark_names=list(PART_NAMES)),
            disable_shuffling=True,
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator[tuple[int, dict[str, Any]]]]:
        del dl_manager
        splits = ("train", "test")
        return {split: self._generate_examples(split) for split in splits}

    def _generate_examples(
        self, split: str
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        config = self.builder_config
        examples = draw_examples(config.seeds(split), config.size)
        for index, example in enumerate(examples):
            file = f"drawn_animals/{split}/{index:06}"
            yield index, {**example, "file": file}
