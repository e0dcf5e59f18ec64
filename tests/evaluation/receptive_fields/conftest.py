"""An explainer whose parts are sure of their place."""

import pytest

from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer


@pytest.fixture(scope="package")
def pictures():
    """Six random images."""
    return toy_images(6)


@pytest.fixture(scope="package")
def parted(pictures):
    """An explainer of three parts, not trained, with high part maps."""
    explainer = Explainer.from_performer(toy_performer(), parts=3)
    explainer.calibrate(pictures)
    kernel = explainer.encoder.part_head.conv_2.kernel
    kernel.assign(4 * kernel)
    return explainer
