"""One image with the fields of parts outlined in it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont
from scipy import ndimage

from tf_explainer.visualization.style import BLACK

# Below this share of its own height a field is not drawn.
LEVEL = 0.5
_SHADE = 0.3


class Field(NamedTuple):
    """One part in one image.

    Attributes:
        heights: `(h, w)`, height of its map at each unit.
        color: Of outline and shade, `#rrggbb`.
        number: Written where its place is; empty for none.
        place: `(row, column)`, fractions of the image; `None` for none.
    """

    heights: np.ndarray
    color: str
    number: str = ""
    place: tuple[float, float] | None = None


def field_tile(
    image: np.ndarray,
    fields: Sequence[Field],
    extent: tuple[float, float, float, float],
    size: int = 160,
) -> np.ndarray:
    """Draws an image and, in their colors, where the parts' maps are high.

    A field reaches as far as its map has half of its own height.

    Args:
        image: uint8 `(height, width, 3)`, RGB.
        fields: The parts, those on top last.
        extent: Left, right, bottom and top of the maps, pixels of `image`.
        size: Longer side of the result, pixels.

    Returns:
        uint8 `(rows, columns, 3)` of the image's proportions.
    """
    height, width = image.shape[:2]
    scale = size / max(height, width)
    shape = max(round(width * scale), 1), max(round(height * scale), 1)
    picture = Image.fromarray(image).resize(shape, Image.Resampling.BICUBIC)
    pixels = np.asarray(picture, np.float32).copy()
    # The largest first, so that none hides another.
    masks = [_mask(one.heights, extent, image.shape, shape) for one in fields]
    for index in sorted(range(len(fields)), key=lambda i: -masks[i].sum()):
        _outline(pixels, masks[index], fields[index].color, size)
    drawn = Image.fromarray(pixels.round().astype(np.uint8))
    for one in fields:
        if one.number and one.place is not None:
            _badge(drawn, one)
    return np.asarray(drawn)


def _mask(
    heights: np.ndarray,
    extent: tuple[float, float, float, float],
    image: Sequence[int],
    shape: tuple[int, int],
) -> np.ndarray:
    """bool `(rows, columns)`: where the field is."""
    left, right, bottom, top = extent
    rows, columns = heights.shape
    y = (np.arange(shape[1]) + 0.5) * image[0] / shape[1]
    x = (np.arange(shape[0]) + 0.5) * image[1] / shape[0]
    units = np.meshgrid(
        (y - top) / (bottom - top) * rows - 0.5,
        (x - left) / (right - left) * columns - 0.5,
        indexing="ij",
    )
    # Nothing lies beyond the map, so that its edge closes a field.
    spread = ndimage.map_coordinates(
        heights.astype(np.float32), units, order=1, mode="grid-constant"
    )
    highest = float(heights.max())
    return (spread >= LEVEL * highest) & (highest > 0)


def _outline(
    pixels: np.ndarray, mask: np.ndarray, color: str, size: int
) -> None:
    if not mask.any():
        return
    line = max(round(size / 110), 1)
    inner = ndimage.binary_erosion(mask, iterations=line, border_value=0)
    halo = ndimage.binary_dilation(mask, iterations=max(line // 2, 1)) & ~mask
    rgb = np.array(ImageColor.getrgb(color)[:3], np.float32)
    pixels[inner] = (1 - _SHADE) * pixels[inner] + _SHADE * rgb
    pixels[mask & ~inner] = rgb
    pixels[halo] = 255


def _badge(picture: Image.Image, one: Field) -> None:
    row, column = one.place or (0.0, 0.0)
    radius = max(picture.size) / 26
    center = column * picture.size[0], row * picture.size[1]
    draw = ImageDraw.Draw(picture)
    draw.circle(
        center,
        radius,
        fill=BLACK,
        outline=one.color,
        width=max(int(radius / 5), 1),
    )
    draw.text(
        center,
        one.number,
        fill="#ffffff",
        font=ImageFont.load_default(1.25 * radius),
        anchor="mm",
    )
