"""Part templates against their formula."""

import numpy as np
import pytest

from tf_explainer.layers import part_templates


def test_by_hand():
    """3 × 3, β = 4, τ = 0.5 / 9: one step gives 1 - 4/3, two give -1."""
    tau = 0.5 / 9
    near, far = tau * (1 - 4 / 3), -tau
    expected = [[near, far, far], [tau, near, far], [near, far, far]]
    np.testing.assert_allclose(part_templates(3, beta=4.0)[3], expected)


@pytest.mark.parametrize("height,width", [(1, 1), (1, 4), (5, 3), (4, 4)])
def test_matches_formula(height, width):
    """Every entry, written out with plain loops."""
    templates = part_templates(height, width, beta=2.5)
    assert templates.shape == (height * width, height, width)
    for unit in range(height * width):
        for i in range(height):
            for j in range(width):
                steps = abs(i - unit // width) + abs(j - unit % width)
                value = max(1 - 2.5 * steps / max(height, width), -1)
                expected = 0.5 / (height * width) * value
                assert templates[unit, i, j] == pytest.approx(expected)


@pytest.mark.parametrize(
    "arguments", [{"height": 0}, {"height": 3, "width": 0}]
)
def test_rejects_sides(arguments):
    """The message names the argument and the value received."""
    with pytest.raises(ValueError, match="`height` and `width`.*received"):
        part_templates(**arguments, beta=4.0)


@pytest.mark.parametrize("beta", [0.0, -1.0, float("nan")])
def test_rejects_beta(beta):
    """The message names the argument and the value received."""
    with pytest.raises(ValueError, match=f"`beta`.*received {beta}"):
        part_templates(3, beta=beta)
