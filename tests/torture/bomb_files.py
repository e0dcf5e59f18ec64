"""Small files that say they are large images."""

import struct
import zlib

_ROWS = 2**22


def png(width: int, height: int, bits: int, color: int) -> bytes:
    """A PNG of zeros.

    Args:
        width: In pixels.
        height: In pixels.
        bits: Of a sample.
        color: 0 for gray, 2 for RGB, 6 with opacity.
    """
    channels = {0: 1, 2: 3, 6: 4}[color]
    row = 1 + (width * bits * channels + 7) // 8
    packer, packed, left = zlib.compressobj(9), b"", row * height
    while left:
        count = min(left, _ROWS)
        packed += packer.compress(bytes(count))
        left -= count
    packed += packer.flush()
    head = struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, 0)
    chunks = (b"IHDR", head), (b"IDAT", packed), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*one) for one in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)


def jpeg(good: bytes, side: int) -> bytes:
    """A JPEG whose head tells another size."""
    at = next(
        place
        for place in range(len(good))
        if good[place : place + 2] in (b"\xff\xc0", b"\xff\xc2")
    )
    size = struct.pack(">HH", side, side)
    return good[: at + 5] + size + good[at + 9 :]


def bmp(good: bytes, side: int) -> bytes:
    """A BMP whose head tells another size."""
    return good[:18] + struct.pack("<ii", side, side) + good[26:]


def webp(good: bytes, side: int) -> bytes:
    """A lossy WebP whose head tells another size."""
    at = good.index(b"VP8 ") + 14
    return good[:at] + struct.pack("<HH", side, side) + good[at + 4 :]


def gif(side: int, frames: int, told: int = 0) -> bytes:
    """An animated GIF of one color.

    Args:
        side: Of each image, in pixels.
        frames: How many.
        told: Side of the screen as its head tells it.
    """
    screen = struct.pack("<HHBBB", told or side, told or side, 0x80, 0, 0)
    head = b"GIF89a" + screen + b"\0\0\0\xff\xff\xff"
    pixels = _lzw(side * side)
    blocks = b"".join(
        bytes([len(pixels[i : i + 255])]) + pixels[i : i + 255]
        for i in range(0, len(pixels), 255)
    )
    place = struct.pack("<HHHHB", 0, 0, side, side, 0)
    image = b"," + place + b"\x02" + blocks + b"\0"
    return head + image * frames + b";"


def _lzw(count: int) -> bytes:
    """Codes for so many zeros, each new code one longer than the last."""
    codes, next_code, width, length = [(4, 3)], 6, 3, 1
    while count > 0:
        if length == 1:
            codes.append((0, width))
        else:
            codes.append((next_code - 1, width))
        count -= length
        length += 1
        if length > 2:
            next_code += 1
        if next_code == 2**width and width < 12:
            width += 1
        if next_code >= 4094:
            codes.append((4, width))
            next_code, width, length = 6, 3, 1
    codes.append((5, width))
    bits = place = 0
    for code, size in codes:
        bits |= code << place
        place += size
    return bits.to_bytes((place + 7) // 8, "little")
