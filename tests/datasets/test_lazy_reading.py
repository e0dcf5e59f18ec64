"""Memory does not grow with the data set, while it is made or read."""

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tf_explainer.datasets import open_dataset

COUNT, SIZE = 1920, 256
# All images of a split, decoded, are 180 MB, far more than what comes and
# goes with other work; the first quarter warms up.
HELD = COUNT / 2 * SIZE * SIZE * 3
ALLOWED = HELD / 3

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="reads /proc/self/statm"
)


def _resident():
    """Bytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _write_images(folder):
    """Many names of one file: it is read and decoded once for each."""
    folder.mkdir(parents=True)
    first = folder / "000.jpg"
    gray = np.full((SIZE, SIZE, 3), 90, "uint8")
    Image.fromarray(gray).save(first)
    names = [f"{index:03}.jpg" for index in range(COUNT)]
    for name in names[1:]:
        os.link(first, folder / name)
    return names


def _annotated(folder):
    names = _write_images(folder / "images")
    rows = [
        f"{name},{'ab'[i % 2]},{('train', 'test')[i // 2 % 2]},0.5,0.5"
        for i, name in enumerate(names)
    ]
    head = "file,category,split,head_y,head_x"
    (folder / "annotations.csv").write_text("\n".join([head, *rows]) + "\n")
    return {"data": folder}


def _coco(folder):
    names = _write_images(folder / "images")
    content = {
        "categories": [
            {"id": i, "name": name, "keypoints": ["head"]}
            for i, name in enumerate("ab")
        ],
        "images": [
            {"id": i, "file_name": name} for i, name in enumerate(names)
        ],
        "annotations": [
            {
                **{"id": i, "image_id": i, "category_id": i % 2},
                **{"bbox": [0, 0, SIZE, SIZE], "keypoints": [9, 9, 2]},
            }
            for i in range(COUNT)
        ],
    }
    for split, part in (("train", 0), ("val", 1)):
        mine = [a for a in content["annotations"] if a["id"] // 2 % 2 == part]
        (folder / f"keypoints_{split}.json").write_text(
            json.dumps({**content, "annotations": mine})
        )
    return {
        "data": "coco_keypoints",
        "data_dir": folder / "tfds",
        "manual_dir": str(folder),
    }


@pytest.mark.parametrize("write", [_annotated, _coco])
def test_memory_stays_as_it_is(tmp_path, write):
    """Neither opening nor a pass over the images keeps them."""
    arguments = write(tmp_path / "data")
    before = _resident()
    dataset = open_dataset(**arguments, image_size=SIZE)
    opened = _resident()
    train = dataset.splits["train"]
    assert len(train) == COUNT / 2
    held = []
    for batch in train.batches(16):
        assert batch.shape[1:] == (SIZE, SIZE, 3)
        held.append(_resident())
    # The first quarter fills buffers that all the rest uses again.
    assert max(held) - held[len(held) // 4] < ALLOWED
    assert opened - before < HELD
