"""JPEG, GIF, BMP, WebP and the rest, in training and when served."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

NOISE = np.random.default_rng(0).integers(0, 256, (5, 7, 4), "uint8")
SMOOTH = np.asarray(Image.fromarray(NOISE[..., :3]).resize((50, 40)))
TURNS = {
    1: lambda image: image,
    2: lambda image: image[:, ::-1],
    3: lambda image: image[::-1, ::-1],
    4: lambda image: image[::-1],
    5: lambda image: image.swapaxes(0, 1),
    6: lambda image: np.rot90(image, -1),
    7: lambda image: np.rot90(image, 2).swapaxes(0, 1),
    8: lambda image: np.rot90(image),
}


def file_of(image, kind, **options):
    """Returns the content of a file that Pillow writes."""
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    image.save(file := io.BytesIO(), kind, **options)
    return file.getvalue()


def squared(side=40):
    """Returns a square, smooth image."""
    return Image.fromarray(SMOOTH).resize((side, side))


def _jpegs():
    for mode in ("L", "RGB", "CMYK"):
        image = squared().convert(mode)
        for more in ({}, {"progressive": True}, {"subsampling": 0}):
            yield f"{mode} {more}", file_of(image, "jpeg", quality=90, **more)
    cmyk = file_of(squared().convert("CMYK"), "jpeg", quality=95)
    place = cmyk.index(b"Adobe") + 11
    yield "YCCK", cmyk[:place] + b"\2" + cmyk[place + 1 :]


@pytest.mark.parametrize(
    "content", [pytest.param(c, id=name) for name, c in _jpegs()]
)
def test_jpeg(read_by_both, content):
    """As Pillow, which decodes with libjpeg, too."""
    pillow = Image.open(io.BytesIO(content)).convert("RGB")
    np.testing.assert_array_equal(read_by_both(content, 40), pillow)


@pytest.mark.parametrize("side", [1000, 600])
def test_large_jpeg(read_by_both, side):
    """What is decoded at a fraction of its size looks as what is not."""
    image = squared(side)
    found = read_by_both(file_of(image, "jpeg", quality=95))
    exact = read_by_both(file_of(image, "png"))
    np.testing.assert_allclose(found.astype(int), exact, atol=3)


def test_gif(read_by_both):
    """Clear pixels and what no image covers are white; the first counts."""
    pixels = np.random.default_rng(0).integers(0, 4, (16, 16), "uint8")
    table = [0, 0, 0, 200, 10, 30, 7, 250, 90, 255, 255, 255]
    colors = np.reshape(table, (4, 3))
    frames = []
    for shown in (pixels, 3 - pixels):
        frames.append(Image.new("P", (16, 16)))
        frames[-1].putdata(shown.ravel().tolist())
        frames[-1].putpalette(table)
    for interlace in (0, 1):
        plain = file_of(frames[0], "gif", interlace=interlace)
        found = read_by_both(plain)
        np.testing.assert_array_equal(found, colors[pixels])
    more = {"save_all": True, "append_images": frames[1:], "duration": 9}
    moving = read_by_both(file_of(frames[0], "gif", **more))
    np.testing.assert_array_equal(moving, colors[pixels])
    clear = read_by_both(file_of(frames[0], "gif", transparency=1))
    white = np.where(pixels[..., None] == 1, 255, colors[pixels])
    np.testing.assert_array_equal(clear, white)
    small = bytearray(plain)
    small[6:10] = struct.pack("<2H", 20, 20)
    place = small.index(b",\0\0\0\0\x10\0\x10\0")
    small[place + 1 : place + 5] = struct.pack("<2H", 3, 1)
    expected = np.full((20, 20, 3), 255)
    expected[1:17, 3:19] = colors[pixels]
    np.testing.assert_array_equal(read_by_both(bytes(small), 20), expected)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_bmp(read_by_both, mode):
    """Palettes are looked up; the fourth byte has no meaning."""
    image = Image.fromarray(NOISE).resize((16, 16)).convert(mode)
    opaque = image.convert("RGB")
    found = read_by_both(file_of(image, "bmp"))
    np.testing.assert_array_equal(found, opaque)


def _bmp(width, height, bits, body, compression=0, start=54):
    head = (40, width, height, 1, bits, compression, 0, 0, 0, 0, 0)
    file = b"BM" + struct.pack("<IHHI", 0, 0, 0, start)
    return file + struct.pack("<IiiHHIIiiII", *head) + body


def test_bmp_by_hand(read_by_both):
    """Four bits a pixel, rows from the top, as many as fill four bytes."""
    table = b"".join(bytes([9, 5 * i, 255 - i, 0]) for i in range(16))
    rows = bytes([0x01, 0x20, 0, 0, 0xF3, 0x40, 0, 0, 0x56, 0x70, 0, 0])
    content = _bmp(3, -3, 4, table + rows, start=54 + 64)
    index = np.array([[0, 1, 2], [15, 3, 4], [5, 6, 7]])
    expected = np.stack([255 - index, 5 * index, 9 + 0 * index], -1)
    np.testing.assert_array_equal(read_by_both(content, 3), expected)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("lossless", [True, False])
def test_webp(read_by_both, mode, lossless):
    """What is clear is white, as everywhere."""
    image = Image.fromarray(NOISE).resize((16, 16)).convert(mode)
    content = file_of(image, "webp", lossless=lossless, exact=True)
    rgba = Image.open(io.BytesIO(content)).convert("RGBA")
    values = np.asarray(rgba).astype(float)
    alpha = values[..., 3:] / 255
    expected = np.floor(255 - (255 - values[..., :3]) * alpha + 0.5)
    np.testing.assert_allclose(read_by_both(content), expected, atol=1)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation(read_by_both, kind, orientation):
    """Taken as stored, or turned upright, by both readers."""
    upright = np.zeros((40, 40, 3), "uint8")
    upright[5:15, 25:30] = (250, 40, 10)
    backward = {6: 8, 8: 6}.get(orientation, orientation)
    stored = np.ascontiguousarray(TURNS[backward](upright))
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = file_of(stored, kind, exif=exif, quality=95)
    for turns, expected in ((False, stored), (True, upright)):
        found = read_by_both(content, 40, turns).astype(int)
        assert np.abs(found - expected).mean() < 4


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("entry", "turned"),
    [
        ((0x0112, 3, 1, 3), True),
        ((0x0112, 3, 1, 9), False),
        ((0x0112, 3, 1, 0), False),
        ((0x0112, 2, 1, 3), False),
        ((0x0113, 3, 1, 3), False),
    ],
)
def test_exif_by_hand(read_by_both, order, entry, turned):
    """Both orders of bytes; what is no orientation turns nothing."""
    tag, kind, count, value = entry
    text = struct.pack(order + "HI", 42, 8)
    text += struct.pack(order + "HHHIHHI", 1, tag, kind, count, value, 0, 0)
    body = b"Exif\0\0" + (b"II" if order == "<" else b"MM") + text
    segment = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    plain = file_of(squared(16), "jpeg")
    content = plain[:2] + segment + plain[2:]
    expected = read_by_both(plain)
    if turned:
        expected = expected[::-1, ::-1]
    found = read_by_both(content, turns=True)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("kind", ["jpeg", "gif", "bmp", "webp"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_cut_off(refused_by_both, kind, share):
    """Wherever it ends too early."""
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), "uint8")
    content = file_of(noise, kind)
    cut = content[: int(share * len(content))]
    assert refused_by_both(cut) == "the file is cut off or damaged"


@pytest.mark.parametrize("kind", ["tiff", "ppm", "ico", "tga", "eps", "avif"])
def test_other_kinds(refused_by_both, kind):
    """Whatever else Pillow reads, under whichever name."""
    reason = refused_by_both(file_of(squared(16), kind))
    assert reason == "the file is no JPEG, PNG, GIF, BMP or WebP"


@pytest.mark.parametrize("content", [b"", b"BM", b"GIF89a", b"hello", b"\xff"])
def test_hardly_any_bytes(refused_by_both, content):
    """Nothing, a word, and beginnings."""
    refused_by_both(content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_bmp(4, 4, 8, bytes(2000), compression=1), "the BMP is compressed"),
        (_bmp(4, 4, 16, bytes(200)), "the BMP is compressed, or has no"),
        (_bmp(4, 4, 24, bytes(200), start=0), "the file is cut off"),
        (_bmp(4, 4, 24, bytes(20)), "the file is cut off"),
        (_bmp(0, 4, 24, bytes(20)), "the file is cut off"),
    ],
)
def test_bmp_that_is_not_read(refused_by_both, content, reason):
    """Run lengths, masks of bits, and wrong numbers."""
    assert refused_by_both(content).startswith(reason)


def test_animated_webp_is_refused(refused_by_both):
    """TensorFlow would decode all of its images."""
    images = [Image.new("RGB", (16, 16), color) for color in ("red", "blue")]
    content = file_of(
        images[0], "webp", save_all=True, append_images=images[1:]
    )
    assert refused_by_both(content) == "the WebP is an animation"


def test_claimed_sizes(refused_by_both):
    """Neither screen nor image of a GIF, nor a JPEG, takes more memory."""
    gif = file_of(Image.new("L", (16, 16)), "gif")
    image = gif.index(b",\0\0\0\0\x10\0\x10\0")
    huge = struct.pack("<2H", 65535, 65535)
    inner = gif[: image + 5] + huge + gif[image + 9 :]
    assert "larger than its screen" in refused_by_both(inner)
    assert "too many" in refused_by_both(gif[:6] + huge + gif[10:])
    jpeg = file_of(squared(16), "jpeg")
    frame = jpeg.index(b"\xff\xc0")
    # libjpeg itself knows no side above 65500.
    most = struct.pack(">2H", 65000, 65000)
    large = jpeg[: frame + 5] + most + jpeg[frame + 9 :]
    assert refused_by_both(large).startswith("65000 x 65000 pixels are too")


def test_broken_images_of_a_batch_are_named(served):
    """All of them, counted from 0, each with its reason."""
    good = file_of(squared(16), "jpeg")
    with pytest.raises(Exception, match="image_bytes") as caught:
        served([good, good[:-40], good, b"hello"])
    told = str(caught.value)
    assert "image 1: the file is cut off or damaged; image 3: the fi" in told
    assert "image 0" not in told and "image 2" not in told
