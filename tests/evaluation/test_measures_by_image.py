"""Ratios over images are the measures."""

import numpy as np

from tf_explainer.evaluation.comparison import measures_by_image
from tf_explainer.evaluation.result import measure


def test_means_are_the_measures(observation):
    """Each is the number in the result."""
    found, numbers = measures_by_image(observation), measure(observation)
    expected = {
        **numbers["explainer"],
        "skill": numbers["layers"]["interp_2"]["skill"],
        "pck": numbers["layers"]["interp_2"]["pck"],
    }
    assert set(found) == set(expected)
    for name, one in found.items():
        assert one.by_image.shape == (60,)
        np.testing.assert_allclose(one.value, expected[name], rtol=1e-6)


def test_without_landmarks(made_observation):
    """What needs them is left out."""
    found = measures_by_image(made_observation(landmark_names=()))
    assert set(found) == {"accuracy", "agreement"}
