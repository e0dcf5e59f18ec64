"""Pictures as addresses that a page holds in itself."""

import base64
import io

import numpy as np
from matplotlib.figure import Figure
from PIL import Image


def jpeg_uri(pixels: np.ndarray, quality: int = 82) -> str:
    """Returns an image as a `data:` address.

    Args:
        pixels: uint8 `(height, width, 3)`, RGB.
        quality: Of the JPEG, up to 95.
    """
    Image.fromarray(pixels).save(file := io.BytesIO(), "JPEG", quality=quality)
    return _uri("image/jpeg", file)


def figure_uri(figure: Figure) -> str:
    """Returns a figure as a `data:` address of a PNG, 160 dots an inch.

    Args:
        figure: A matplotlib figure.
    """
    figure.savefig(file := io.BytesIO(), format="png", dpi=160)
    return _uri("image/png", file)


def _uri(kind: str, file: io.BytesIO) -> str:
    return f"data:{kind};base64,{base64.b64encode(file.getvalue()).decode()}"
