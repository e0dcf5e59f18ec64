"""PNG of every kind, against the definition, in training and when served."""

import itertools
import struct
import zlib

import numpy as np
import pytest

GREY, COLOR, PALETTE, GREY_ALPHA, COLOR_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, COLOR: 3, PALETTE: 1, GREY_ALPHA: 2, COLOR_ALPHA: 4}
BITS = {
    **{GREY: (1, 2, 4, 8, 16), PALETTE: (1, 2, 4, 8)},
    **{kind: (8, 16) for kind in (COLOR, GREY_ALPHA, COLOR_ALPHA)},
}
KINDS = [(kind, bits) for kind in BITS for bits in BITS[kind]]
CASES = [
    (kind, bits, clear, interlaced)
    for kind, bits in KINDS
    for clear, interlaced in itertools.product((False, True), repeat=2)
    if not (clear and kind in (GREY_ALPHA, COLOR_ALPHA))
]
PASSES = [
    *((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4)),
    *((2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)),
]
# As TensorFlow's makes up for low bits, and close to them.
OPACITIES = (0, 255, 1, 3, 15, 128)


def png(samples, kind, bits, before=(), interlaced=False):
    """Returns a PNG file of samples `(H, W, channels)`."""
    height, width = samples.shape[:2]
    parts = [samples[y::dy, x::dx] for y, x, dy, dx in PASSES]
    kept = [p for p in parts if p.size] if interlaced else [samples]
    rows = b"".join(b"\0" + packed(row, bits) for part in kept for row in part)
    head = struct.pack(">2I5B", width, height, bits, kind, 0, 0, interlaced)
    chunks = [
        (b"IHDR", head),
        *before,
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    content = b"\x89PNG\r\n\x1a\n"
    for name, body in chunks:
        check = struct.pack(">I", zlib.crc32(name + body))
        content += struct.pack(">I", len(body)) + name + body + check
    return content


def packed(row, bits):
    """Returns the bytes of one row."""
    if bits >= 8:
        return row.astype(f">u{bits // 8}").tobytes()
    places = np.arange(bits - 1, -1, -1)
    return np.packbits(row.reshape(-1, 1) >> places & 1).tobytes()


def eight_bits(samples, bits):
    """Returns samples as 0–255: low bits scaled, of 16 the upper ones."""
    if bits == 16:
        return samples >> 8
    return samples * (255 // (2**bits - 1))


def on_white(colors, alpha):
    """Returns what a person sees on a white page."""
    return np.floor(255 - (255 - colors) * alpha / 255 + 0.5)


def picture(kind, bits, clear, interlaced=False, largest=None):
    """Returns a file of random samples, and what it shows."""
    random = np.random.default_rng(bits)
    limit = (largest or 2**bits - 1) + 1
    samples = random.integers(0, limit, (16, 16, CHANNELS[kind]))
    before, alpha = [], np.full((16, 16, 1), 255)
    values = eight_bits(samples, bits)
    colors = np.broadcast_to(values[..., : 3 if kind & 2 else 1], (16, 16, 3))
    if kind == PALETTE:
        table = random.integers(0, 256, (2**bits, 3))
        before = [(b"PLTE", table.astype("uint8").tobytes())]
        colors = table[samples[..., 0]]
    if kind in (GREY_ALPHA, COLOR_ALPHA):
        alpha = values[..., -1:]
    elif clear and kind == PALETTE:
        # Entries beyond the chunk are opaque.
        table = np.full(2**bits, 255)
        told = OPACITIES[: 2**bits]
        table[: len(told)] = told
        before.append((b"tRNS", bytes(told)))
        alpha = table[samples]
    elif clear:
        color = samples[3, 5]
        alpha = np.where((samples == color).all(-1, keepdims=True), 0, 255)
        before = [(b"tRNS", color.astype(">u2").tobytes())]
    content = png(samples, kind, bits, before, interlaced)
    return content, on_white(colors, alpha)


@pytest.mark.parametrize(("kind", "bits", "clear", "interlaced"), CASES)
def test_every_kind(read_by_both, kind, bits, clear, interlaced):
    """Both readers give what the format's definition says, on white."""
    content, expected = picture(kind, bits, clear, interlaced)
    np.testing.assert_array_equal(read_by_both(content), expected)


@pytest.mark.parametrize("kind", [GREY, COLOR, GREY_ALPHA, COLOR_ALPHA])
def test_twelve_bits_in_sixteen(read_by_both, kind):
    """Values up to 4095 are those of a dark image of 16 bits."""
    content, expected = picture(kind, 16, clear=False, largest=4095)
    if kind in (GREY, COLOR):
        assert expected.max() == 15
    np.testing.assert_array_equal(read_by_both(content), expected)


@pytest.mark.parametrize(("kind", "bits"), KINDS)
@pytest.mark.parametrize("clear", [False, True])
def test_one_channel(served, kind, bits, clear):
    """A performer of gray images gets the brightness of what is on white."""
    content, expected = picture(kind, bits, clear)
    gray = expected @ np.array([0.299, 0.587, 0.114])
    (found,) = served([content], channels=1)
    # Half a level is rounded either way.
    np.testing.assert_allclose(found[..., 0], gray, atol=0.501)


def test_animated(read_by_both):
    """Of an animation the image that is no part of it, or its first."""
    control = (b"acTL", struct.pack(">2I", 2, 0))
    samples = np.arange(256).reshape(16, 16, 1)
    content = png(samples, GREY, 8, [control])
    found = read_by_both(content)
    np.testing.assert_array_equal(found[..., :1], samples)


def test_opacity_after_the_pixels_is_none(read_by_both):
    """The format has no such place for it."""
    samples = np.random.default_rng(0).integers(0, 2, (16, 16, 1))
    content = png(samples, GREY, 1)
    body = b"tRNS\0\0"
    late = struct.pack(">I", 2) + body + struct.pack(">I", zlib.crc32(body))
    found = read_by_both(content[:-12] + late + content[-12:])
    np.testing.assert_array_equal(found[..., :1], samples * 255)


@pytest.mark.parametrize("bits", [1, 2, 4])
@pytest.mark.parametrize("kind", [GREY, PALETTE])
def test_damaged_transparency(refused_by_both, kind, bits):
    """What is left of it would make the image nearly white."""
    content, _ = picture(kind, bits, clear=True)
    place = content.index(b"tRNS") + 4
    wrong = content[:place] + b"\x55" + content[place + 1 :]
    assert "cut off or damaged" in refused_by_both(wrong)


@pytest.mark.parametrize(
    ("height", "width"),
    [(20_000, 20_000), (1, 70_000), (2**31 - 1, 2**31 - 1), (0, 5)],
)
def test_size_is_read_first(refused_by_both, height, width):
    """A small file that claims to be large takes no memory."""
    content = bytearray(png(np.zeros((16, 16, 3), int), COLOR, 8))
    content[16:24] = struct.pack(">2I", width, height)
    reason = refused_by_both(bytes(content))
    if height:
        assert reason.startswith(f"{height} x {width} pixels are too many")
    else:
        assert reason == "the file is cut off or damaged"


@pytest.mark.parametrize("kept", [8, 20, 33, 45, 60, -30, -12])
def test_cut_off(refused_by_both, kept):
    """Wherever it ends too early; noise is stored in a few hundred bytes."""
    samples = np.random.default_rng(0).integers(0, 256, (16, 16, 3))
    content = png(samples, COLOR, 8)
    assert "cut off or damaged" in refused_by_both(content[:kept])


@pytest.mark.parametrize("behind", [False, True])
def test_orientation_before_or_behind_the_pixels(read_by_both, behind):
    """The format allows for both."""
    samples = np.zeros((16, 16, 1), int)
    samples[0, 0] = 255
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, 3, 0)
    body = b"MM\0*" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0"
    content = png(samples, GREY, 8, [] if behind else [(b"eXIf", body)])
    if behind:
        check = struct.pack(">I", zlib.crc32(b"eXIf" + body))
        late = struct.pack(">I", len(body)) + b"eXIf" + body + check
        content = content[:-12] + late + content[-12:]
    found = read_by_both(content, 16, True)
    assert found[-1, -1, 0] == 255 and found[0, 0, 0] == 0
