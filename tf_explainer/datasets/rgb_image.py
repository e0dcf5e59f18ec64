"""An image file of any kind as RGB."""

import struct
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

# What Pillow's readers raise on a file that is cut off or is no image.
BROKEN = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    struct.error,
)
_WHITE = (255, 255, 255, 255)


def rgb_image(path: Path, smallest: int | None = None) -> Image.Image:
    """Reads an image file to its end.

    Grey, palette, CMYK and 16-bit images become 8-bit RGB; what is
    transparent becomes white. The pixels are taken as stored: an EXIF
    orientation is not applied, since landmarks belong to the stored pixels.

    Args:
        path: The file, in a format that Pillow reads.
        smallest: A JPEG file may be read at a fraction of its size, of which
            no side is below this, in pixels; None for its full size.

    Returns:
        The image.

    Raises:
        OSError: If the file is cut off or is no image; other errors of
            `BROKEN` come with rarer damage.
    """
    with warnings.catch_warnings():
        # Large photographs and odd metadata are no reason to stop.
        warnings.simplefilter("ignore")
        with Image.open(path) as image:
            if smallest is not None:
                image.draft(None, (smallest, smallest))
            image.load()
            return _to_rgb(image)


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        return _to_8_bit(image).convert("RGB")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, _WHITE)
        return Image.alpha_composite(white, rgba).convert("RGB")
    return image.convert("RGB")


def _to_8_bit(image: Image.Image) -> Image.Image:
    # Pillow's own conversion clips at 255 instead of scaling.
    values = np.asarray(image, "float64")
    if image.mode == "F":
        values = values * (255.0 if values.max() <= 1.0 else 1.0)
    else:
        values = values / 257.0
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype("uint8"))
