"""An exported explainer, and images it is asked about."""

import io
import struct
import zlib

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tf_explainer.explainer import Explainer
from tf_explainer.export import export_model
from tf_explainer.testing import toy_images, toy_performer

NAMES = ("cat", "dog", "<b>bird</b>")


@pytest.fixture(scope="session")
def explainer():
    """Of three parts, and it knows what is usual."""
    made = Explainer.from_performer(toy_performer(), parts=3, class_names=NAMES)
    made.calibrate(toy_images())
    made.learn_typical(toy_images())
    return made


@pytest.fixture(scope="session")
def model(explainer, tmp_path_factory):
    """Its SavedModel, which turns photographs."""
    out = tmp_path_factory.mktemp("model")
    found = export_model(explainer, out, toy_images(3), apply_orientation=True)
    return str(found.folder)


def encoded(image, kind="PNG", **words):
    """Returns the content of an image file."""
    Image.fromarray(image.astype("uint8")).save(
        file := io.BytesIO(), kind, **words
    )
    return file.getvalue()


def bomb(side=60_000):
    """Returns a PNG of few bytes that says it has billions of pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (
            (b"IHDR", head),
            (b"IDAT", zlib.compress(bytes(1000))),
            (b"IEND", b""),
        )
    )


@pytest.fixture(scope="session")
def image_file():
    """Maker of the content of an image file."""
    return encoded


@pytest.fixture(scope="session")
def pixel_bomb():
    """A PNG of few bytes and billions of pixels."""
    return bomb()


@pytest.fixture
def photos(tmp_path):
    """Ten images of several kinds and sizes, one held askew."""
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    for index, image in enumerate(np.round(toy_images(10))):
        kind = ("png", "jpeg")[index % 2]
        place = folder / ("more" if index % 3 else ".") / f"{index}.{kind}"
        words = {}
        if index == 4:
            exif = Image.Exif()
            exif[0x0112] = 6
            image, words = image.repeat(2, axis=0), {"exif": exif}
        place.write_bytes(encoded(image, kind.upper(), **words))
    return folder


@pytest.fixture
def write_records(tmp_path):
    """Writer of a file of examples: pairs of key and image, `None` for none."""

    def write(name, pairs, feature="image/encoded"):
        path = tmp_path / name
        with tf.io.TFRecordWriter(str(path)) as writer:
            for key, image in pairs:
                features = {"image/key": key, feature: image}
                held = {
                    name: tf.train.Feature(
                        bytes_list=tf.train.BytesList(value=[value])
                    )
                    for name, value in features.items()
                    if value is not None
                }
                example = tf.train.Example(
                    features=tf.train.Features(feature=held)
                )
                writer.write(example.SerializeToString())
        return path

    return write
