"""LocatedPeaks: one number of images."""

import pytest

from tf_explainer.errors import InputError


def test_rejects_other_numbers_of_images(located):
    """Peaks of one split cannot meet landmarks of another."""
    with pytest.raises(InputError, match=r"received \(1, 2, 1\)"):
        located([[[0.5, 0.5]]], [[[0.5, 0.5]]] * 2, labels=[0])
