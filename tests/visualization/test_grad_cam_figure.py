"""The figure of Grad-CAM shows what it was handed."""

import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.evaluation.grad_cam import GradCams
from tf_explainer.visualization import grad_cam_figure


def test_cells(heats):
    """Image, performer, explainer, two parts; one scale for each pair."""
    figure = grad_cam_figure(heats, ("cat", "d$og"))
    cells = np.reshape(figure.axes[:10], (2, 5))
    for row, axes in enumerate(cells):
        maps = [
            heats.top_conv[row],
            heats.interp_2[row],
            heats.parts[row, ..., 0],
            heats.parts[row, ..., 1],
        ]
        highest = np.max(maps[:2]), np.max(maps[2:])
        scales = np.repeat(highest, 2)
        for cell, wanted, most in zip(axes[1:], maps, scales, strict=True):
            gray, heat = cell.images
            np.testing.assert_array_equal(heat.get_array(), wanted)
            assert heat.get_clim() == (0, most)
            for shown in (gray, heat):
                assert list(shown.get_extent()) == [0, 12, 8, 0]
    titles = [[axes.get_title() for axes in row] for row in cells]
    assert titles[0][0] == "score of\nd$og"
    assert titles[1][0] == "score of\ncat"
    assert titles[0][1].startswith("performer")
    assert titles[0][2].startswith("explainer")
    assert titles[0][3:] == ["tail\n1.50", "head\n−0.25"]


def test_in_words(heats):
    """For readers who cannot see it; classes without names have numbers."""
    told = grad_cam_figure(heats).get_label()
    assert "class 1, tail: 1.50, head: −0.25; class 0, legs: 2.00" in told


def test_refused(heats):
    """There is nothing to draw."""
    none = GradCams(*(value[:0] for value in heats))
    with pytest.raises(InputError, match="`heats` must hold one image"):
        grad_cam_figure(none)
