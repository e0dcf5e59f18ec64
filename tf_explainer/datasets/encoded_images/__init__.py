"""One reader of image files, in TensorFlow's operations alone.

Training and the served model both read with it, so they see the same pixels
and refuse the same files.
"""

from tf_explainer.datasets.encoded_images.image_header import (
    DAMAGED,
    ImageHeader,
)
from tf_explainer.datasets.encoded_images.reading import (
    kind_of,
    read_header,
    read_image,
    read_pixels,
    resized,
)

__all__ = [
    "DAMAGED",
    "ImageHeader",
    "kind_of",
    "read_header",
    "read_image",
    "read_pixels",
    "resized",
]
