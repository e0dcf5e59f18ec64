"""PCK by hand."""

import numpy as np

from tf_explainer.evaluation.metrics.location import pck, pck_ratios


def test_by_hand(located):
    """Offset 0; misses of 0.14 and 0.15, a tenth of the diagonal is 0.1414.

    Train: landmarks 0.2 and 0.6 found exactly. The third image hides the
    landmark, in the fourth the filter is silent and the constant 0.4 is 0.1
    off.
    """
    nan = np.nan
    train = located([[[0.2, 0]], [[0.6, 0]]], [[[0.2, 0]], [[0.6, 0]]])
    test = located(
        [[[0.34, 0]], [[0.45, 0]], [[0.9, 0]], [[nan, nan]]],
        [[[0.2, 0]], [[0.6, 0]], [[nan, nan]], [[0.5, 0]]],
    )
    np.testing.assert_allclose(pck(train, test), 2 / 3)
    np.testing.assert_allclose(
        pck_ratios(train, test).by_image, [4 / 3, 0, 0, 4 / 3], atol=1e-12
    )


def test_filters_weigh_alike(located):
    """A landmark seen in few images counts as much as one seen in many."""
    nan = np.nan
    landmarks = [
        [[0.1, 0], [0, 0.1]],
        [[0.5, 0], [0, 0.9]],
        [[0.9, 0], [nan, nan]],
        [[0.3, 0], [nan, nan]],
    ]
    train = located(np.nan_to_num(landmarks), landmarks)
    peaks = np.nan_to_num(landmarks)
    peaks[:2, 0, 0] += 0.3
    test = located(peaks, landmarks)
    np.testing.assert_allclose(pck(train, test), (2 / 4 + 2 / 2) / 2)


def test_nothing_to_measure(located):
    """Without landmarks there is no share."""
    found = located(np.zeros((3, 2, 2)), np.zeros((3, 0, 2)))
    assert np.isnan(pck(found, found))
