"""The package's own readers, with good files to begin from."""

import importlib.util
import io
import json
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image


class Reader(NamedTuple):
    """One way in.

    Attributes:
        samples: Returns good files.
        read: Reads a file of which the content is handed in; it may write it
            below the folder.
        text: Whether the files are text.
        cases: How many in the long form.
    """

    samples: Callable[[Path], list[bytes]]
    read: Callable[[bytes, Path], Any]
    text: bool
    cases: int


def _images(folder: Path) -> list[bytes]:
    pixels = np.random.default_rng(0).integers(0, 255, (20, 24, 4), np.uint8)
    color, clear = Image.fromarray(pixels[..., :3]), Image.fromarray(pixels)
    found = []
    for image, kind, more in (
        (color, "PNG", {}),
        (clear, "PNG", {}),
        (color.convert("P"), "PNG", {}),
        (color.convert("I;16"), "PNG", {}),
        (color, "JPEG", {}),
        (color, "JPEG", {"progressive": True}),
        (color.convert("CMYK"), "JPEG", {}),
        (color, "GIF", {}),
        (color, "GIF", {"save_all": True, "append_images": [color] * 2}),
        (color, "BMP", {}),
        (color.convert("P"), "BMP", {}),
        (color, "WEBP", {}),
        (clear, "WEBP", {"lossless": True}),
    ):
        image.save(file := io.BytesIO(), kind, **more)
        found.append(file.getvalue())
    return found


def _read_image(data: bytes, folder: Path) -> Any:
    from tf_explainer.datasets.encoded_images.eager import content_header
    from tf_explainer.explainer.image_files import content_reader

    found = content_reader((8, 8, 3), len(data) % 2 == 0)(data)
    if isinstance(found, str):
        return found
    try:
        return content_header(data)
    except ValueError as error:
        return str(error)


def _tables(folder: Path) -> list[bytes]:
    head = "file,category,split,head_y,head_x,tail_y,tail_x\n"
    rows = [
        f"a/{i}.png,{('cat', 'dog')[i % 2]},{('train', 'test')[i % 3 == 0]},"
        f"0.{i},0.5,,\n"
        for i in range(8)
    ]
    plain = head + "".join(rows)
    quoted = plain.replace("cat", '"a cat"').replace("\n", "\r\n")
    return [plain.encode(), quoted.encode("utf-8-sig")]


def _read_table(data: bytes, folder: Path) -> Any:
    from tf_explainer.datasets.image_folders.annotations import Annotations

    (folder / "annotations.csv").write_bytes(data)
    return Annotations.read(folder / "annotations.csv")


def _coco(folder: Path) -> list[bytes]:
    found = {
        "categories": [
            {"id": 1, "name": "cat", "keypoints": ["head", "tail"]},
            {"id": 2, "name": "car"},
        ],
        "images": [
            {"id": 7, "file_name": "7.jpg", "height": 20, "width": 30},
            {"id": 8, "file_name": "8.jpg"},
        ],
        "annotations": [
            {
                **{"id": 3, "category_id": 1, "image_id": 7, "iscrowd": 0},
                "bbox": [1.5, 2, 10, 12],
                "keypoints": [3, 4, 2, 0, 0, 0],
            },
            {"id": 4, "category_id": 1, "image_id": 8, "bbox": [0, 0, 4, 4]},
        ],
    }
    return [json.dumps(found).encode(), json.dumps(found, indent=1).encode()]


def _read_coco(data: bytes, folder: Path) -> Any:
    from tf_explainer.datasets.coco_keypoints.coco_file import CocoFile

    (folder / "coco.json").write_bytes(data)
    return list(CocoFile(folder / "coco.json").objects())


_CONFIG = b"""epochs = 8
batch-size = 16
eta = 0.5
categories = ["cat", "dog"]
preset = "filters"
data-option = {train = 300, manual_dir = "~/x"}
skip-broken = true
"""
_PLAN = b"""title = "a grid"
seeds = [0, 1]
[options]
epochs = 3
[networks.small]
[networks.two]
backbone = "mobilenet"
needs = ["x of y"]
[data.animals]
data = "animals"
single = ["cat", "dog"]
multi = ["cat", "dog", "cow"]
data-option = {manual_dir = "by_hand"}
[variants.explainer]
[variants.plain]
eta = 1.5
"""


def _read_config(data: bytes, folder: Path) -> Any:
    from tf_explainer.config.settings import Settings
    from tf_explainer.config.toml import read_config

    (folder / "config.toml").write_bytes(data)
    return Settings(**read_config(folder / "config.toml"))


def _read_plan(data: bytes, folder: Path) -> Any:
    from tf_explainer.experiments.plan import read_plan

    (folder / "plan.toml").write_bytes(data)
    return read_plan(folder / "plan.toml")


def _bodies(folder: Path) -> list[bytes]:
    from base64 import b64encode

    image = np.zeros((2, 2, 3)).tolist()
    file = b64encode(_images(folder)[0]).decode()
    bodies = (
        {"instances": [image], "target": "cat", "against": 1},
        {"instances": [{"b64": file}, {"b64": file}]},
        {"instances": [{"images": image}], "signature_name": "explain"},
    )
    return [json.dumps(body).encode() for body in bodies]


class _Json(types.ModuleType):
    """Python's own reader of JSON in orjson's words."""

    class JSONDecodeError(ValueError):
        """What cannot be read."""

    @classmethod
    def loads(cls, data: bytes) -> Any:
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise cls.JSONDecodeError(str(error)) from error


def _stand_in(name: str, module: types.ModuleType) -> None:
    """Where a package of the extra [serve] is not installed."""
    if name not in sys.modules and importlib.util.find_spec(name) is None:
        sys.modules[name] = module


def _read_body(data: bytes, folder: Path) -> Any:
    _stand_in("kserve", types.ModuleType("kserve"))
    _stand_in("orjson", _Json("orjson"))
    import tensorflow as tf

    from tf_explainer.serving.kserve_requests import v1_question
    from tf_explainer.serving.row_checks import check_pixels, checked

    question = v1_question(data, 64)
    for name, rows in question.inputs.items():
        if name == "image_bytes":
            check_pixels(rows, 10_000)
        else:
            checked(name, rows, tf.TensorSpec((None, 2, 2, 3), tf.float32))


READERS = {
    "images": Reader(_images, _read_image, False, 9000),
    "annotations.csv": Reader(_tables, _read_table, True, 3500),
    "COCO JSON": Reader(_coco, _read_coco, True, 3500),
    "TOML of options": Reader(lambda _: [_CONFIG], _read_config, True, 2500),
    "TOML of grids": Reader(lambda _: [_PLAN], _read_plan, True, 1500),
    "HTTP bodies": Reader(_bodies, _read_body, True, 2500),
}
