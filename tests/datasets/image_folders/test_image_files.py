"""Image files of every kind become RGB."""

import struct
import zlib

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tf_explainer.datasets.image_folders.images import image_files

GREY = (np.arange(64, dtype="uint8") * 4).reshape(8, 8)


def decode(path, size):
    """Reads one file as those of a folder are read."""
    return next(image_files([path], size).as_numpy_iterator())


def test_grey(tmp_path):
    """All channels are the grey one."""
    Image.fromarray(GREY).save(tmp_path / "a.png")
    image = decode(tmp_path / "a.png", 8)
    assert image.dtype == np.uint8
    np.testing.assert_array_equal(image, np.stack([GREY] * 3, axis=-1))


def test_sixteen_bits_are_scaled(tmp_path):
    """65535 becomes 255; cutting off at 255 would turn all white."""
    wide = GREY.astype("uint16") * 257
    Image.fromarray(wide).save(tmp_path / "a.png")
    image = decode(tmp_path / "a.png", 8)
    np.testing.assert_array_equal(image[..., 1], GREY)


def test_sixteen_bit_color(tmp_path):
    """A 16-bit RGB file keeps its colors."""
    row = b"\0" + struct.pack(">3H", 65535, 32896, 257) * 2
    chunks = [
        (b"IHDR", struct.pack(">2I5B", 2, 2, 16, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * 2)),
        (b"IEND", b""),
    ]
    content = b"\x89PNG\r\n\x1a\n"
    for name, body in chunks:
        check = struct.pack(">I", zlib.crc32(name + body))
        content += struct.pack(">I", len(body)) + name + body + check
    (tmp_path / "a.png").write_bytes(content)
    image = decode(tmp_path / "a.png", 2)
    np.testing.assert_array_equal(image[0, 0], [255, 128, 1])


def test_palette(tmp_path):
    """Indices are looked up."""
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 10, 200, 30])
    image.save(tmp_path / "a.png")
    decoded = decode(tmp_path / "a.png", 4)
    np.testing.assert_array_equal(decoded[0, 0], [10, 200, 30])


def test_cmyk(tmp_path):
    """Full cyan is far from red and keeps green and blue."""
    cyan = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    cyan.save(tmp_path / "a.jpg", quality=95)
    red, green, blue = decode(tmp_path / "a.jpg", 16)[8, 8].tolist()
    assert red < 20 and green > 150 and blue > 150


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_becomes_white(tmp_path, mode):
    """Half of the pixels are clear, and what color they hide is no matter."""
    pixels = np.zeros((4, 4, 4), "uint8")
    pixels[:2, :, 3] = 255
    image = Image.fromarray(pixels).convert(mode)
    if mode == "P":
        image = Image.new("P", (4, 4), 0)
        image.putpalette([0, 0, 0, 9, 9, 9])
        image.paste(1, (0, 2, 4, 4))
        image.save(tmp_path / "a.png", transparency=1)
    else:
        image.save(tmp_path / "a.png")
    decoded = decode(tmp_path / "a.png", 4)
    assert (decoded[:2] == 0).all()
    assert (decoded[2:] == 255).all()


def test_pixels_as_stored(tmp_path):
    """The orientation of the camera is not applied: landmarks do not turn."""
    pixels = np.zeros((8, 8, 3), "uint8")
    pixels[:4] = 255
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(decode(tmp_path / "a.png", 8), pixels)


def test_shrinks_without_aliasing(tmp_path):
    """A fine checkerboard becomes an even grey."""
    board = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype("uint8")
    Image.fromarray(board).save(tmp_path / "a.png")
    image = decode(tmp_path / "a.png", 8)
    assert np.abs(image.astype(int) - 127).max() <= 4


def test_height_and_width_scale_apart(tmp_path):
    """A wide image fills the square, so that fractions stay right."""
    pixels = np.zeros((10, 40, 3), "uint8")
    pixels[:, 20:] = 255
    Image.fromarray(pixels).save(tmp_path / "a.png")
    image = decode(tmp_path / "a.png", 20)
    assert image.shape == (20, 20, 3)
    assert (image[:, :8] == 0).all() and (image[:, 12:] == 255).all()


@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_cut_off_file(tmp_path, kind):
    """Half a file is no image."""
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), "uint8")
    path = tmp_path / f"a.{kind}"
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(tf.errors.InvalidArgumentError):
        decode(path, 16)
