"""A photograph is read as it was annotated, or refused."""

import numpy as np
import pytest
from PIL import Image

from tf_explainer.datasets.crops.objects import photograph


def _save(folder, orientation):
    """Writes 4 x 6 pixels of which the upper left one is white."""
    pixels = np.zeros((4, 6, 3), "uint8")
    pixels[0, 0] = 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(folder / "a.png", exif=exif)
    return folder / "a.png"


@pytest.mark.parametrize(
    ("orientation", "size", "corner"),
    [
        (1, (4, 6), (0, 0)),
        (1, None, (0, 0)),
        (2, (4, 6), (0, 5)),
        (3, (4, 6), (3, 5)),
        (4, (4, 6), (3, 0)),
        (5, (6, 4), (0, 0)),
        (6, (6, 4), (0, 3)),
        (7, (6, 4), (5, 3)),
        (8, (6, 4), (5, 0)),
    ],
)
def test_upright(tmp_path, orientation, size, corner):
    """Where the corner of the stored image must be, by EXIF's definition."""
    image = np.asarray(photograph(_save(tmp_path, orientation), size))
    assert size is None or image.shape[:2] == size
    assert np.argwhere(image[..., 0] > 0).tolist() == [list(corner)]


@pytest.mark.parametrize(
    ("orientation", "size"),
    [(1, (6, 4)), (1, (8, 12)), (3, None), (6, None), (6, (4, 6)), (3, (6, 4))],
)
def test_refused(tmp_path, orientation, size):
    """Another size, or an orientation that no size confirms."""
    path = _save(tmp_path, orientation)
    with pytest.raises(ValueError, match="4 x 6 pixels"):
        photograph(path, size)
