"""A photograph as the one who annotated it saw it."""

from pathlib import Path

from PIL import Image

from tf_explainer.datasets.rgb_image import file_header, rgb_image

_UPRIGHT = 1
_FIRST_ON_ITS_SIDE = 5


def photograph(path: Path, size: tuple[int, int] | None) -> Image.Image:
    """Reads a photograph whose boxes and landmarks are known in pixels.

    A camera that was not held upright stores the picture as it was, and an
    EXIF orientation. Most programs for annotating show it turned.

    Args:
        path: The file.
        size: Height and width in pixels of what was annotated; None if
            nothing tells them.

    Returns:
        The image, turned where the file has an orientation and `size` is
        that of the turned image.

    Raises:
        OSError: If there is no such file.
        ValueError: If it cannot be read, is of another size, or has an
            orientation that `size` does not confirm.
    """
    header = file_header(path)
    stored = turned = (header.height, header.width)
    if header.orientation >= _FIRST_ON_ITS_SIDE:
        turned = stored[::-1]
    if header.orientation == _UPRIGHT:
        if size not in (None, stored):
            raise ValueError(
                f"the annotation is of an image of {_told(size)}, the file "
                f"has {_told(stored)}"
            )
        return rgb_image(path)
    if size != turned:
        known = "of unknown size" if size is None else f"of {_told(size)}"
        raise ValueError(
            f"the file has {_told(stored)} and the EXIF orientation "
            f"{header.orientation}, turned {_told(turned)}; the annotation is "
            f"of an image {known}, so it may be meant as stored or turned: "
            "remove the tag from the file, turned or not"
        )
    return rgb_image(path, apply_orientation=True)


def _told(size: tuple[int, int] | None) -> str:
    height, width = size or (0, 0)
    return f"{height} x {width} pixels (height x width)"
