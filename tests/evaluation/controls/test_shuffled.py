"""The control that keeps everything but the image."""

import numpy as np

from tf_explainer.evaluation.controls.positions import shuffled


def test_every_image_gets_the_peaks_of_another(scattered):
    """Within its category, each peak used once."""
    found = scattered(30, 2, 2, silent=0)
    _, test = shuffled(found, found, 3)
    own = found.peaks.strengths[:, 0]
    given = test.peaks.strengths[:, 0]
    assert (own != given).all()
    for label in np.unique(found.labels):
        images = found.labels == label
        np.testing.assert_array_equal(
            np.sort(given[images]), np.sort(own[images])
        )


def test_position_and_strength_stay_together(scattered):
    """What fires moves as one, silence too."""
    found = scattered(30, 2, 2)
    _, test = shuffled(found, found, 3)
    order = [
        int(np.flatnonzero((found.peaks.strengths == row).all(axis=1))[0])
        for row in test.peaks.strengths
    ]
    np.testing.assert_array_equal(
        test.peaks.positions, found.peaks.positions[order]
    )
