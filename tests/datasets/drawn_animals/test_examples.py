"""Examples drawn by several processes."""

import io
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from tf_explainer.datasets import draw_animal
from tf_explainer.datasets.drawn_animals import (
    drawn_animals_dataset_builder as examples,
)
from tf_explainer.datasets.drawn_animals.drawn_animals_dataset_builder import (
    draw_examples,
)

SEEDS = range(5, 12)


def decode(content):
    """Returns the pixels of an encoded image."""
    return np.asarray(Image.open(io.BytesIO(content)))


def test_processes_change_nothing():
    """The same examples in the same order, from one process and from two."""
    alone = list(draw_examples(SEEDS, 32, processes=1))
    together = list(draw_examples(SEEDS, 32, processes=2))
    assert [example["seed"] for example in together] == list(SEEDS)
    for first, second in zip(alone, together, strict=True):
        assert first.keys() == second.keys()
        for key in ("image", "part_map", "label"):
            assert first[key] == second[key]
        np.testing.assert_array_equal(first["landmarks"], second["landmarks"])


def test_files_hold_the_drawing():
    """Nothing is lost in the encoding."""
    (example,) = draw_examples(range(9, 10), 48)
    drawing = draw_animal(9, size=48)
    np.testing.assert_array_equal(decode(example["image"]), drawing.image)
    np.testing.assert_array_equal(decode(example["part_map"]), drawing.part_map)


def test_process_that_ends_early(monkeypatch):
    """Its status is told; nothing waits for ever."""
    monkeypatch.setattr(examples, "_PROGRAM", "import sys; sys.exit(3)")
    with pytest.raises(RuntimeError, match="with status 3"):
        list(draw_examples(range(4), 32, processes=2))


def test_stopping_early_leaves_no_process():
    """A reader that stops ends the drawing."""
    drawn = draw_examples(range(10_000), 32, processes=2)
    assert next(drawn)["seed"] == 0
    workers = drawn.gi_frame.f_locals["workers"]
    assert all(worker.poll() is None for worker in workers)
    drawn.close()
    assert all(worker.poll() is not None for worker in workers)


def test_drawing_processes_start_fast():
    """They import no TensorFlow, which alone would take seconds."""
    program = examples._PROGRAM.replace("_work()", "") + (
        "print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert answer.stdout.split() == ["False", "False"]
