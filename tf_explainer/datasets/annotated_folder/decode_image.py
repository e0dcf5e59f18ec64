"""An image file of any kind as RGB of one size."""

from pathlib import Path

import numpy as np
from PIL import Image

from tf_explainer.datasets.rgb_image import rgb_image


def decode_image(path: Path, size: int) -> np.ndarray:
    """Reads an image file and scales height and width apart, antialiased.

    Args:
        path: The file, in a format that Pillow reads.
        size: Height and width of the result, in pixels.

    Returns:
        Uint8 RGB `(size, size, 3)`.

    Raises:
        OSError: If the file is cut off or is no image; other errors of
            `BROKEN` come with rarer damage.
    """
    rgb = rgb_image(path, smallest=size)
    resized = rgb.resize((size, size), Image.Resampling.BICUBIC)
    return np.asarray(resized, "uint8")
