"""Values by image add up to the measures."""

import numpy as np

from tf_explainer.evaluation.measure import measure
from tf_explainer.evaluation.values_by_image import values_by_image


def test_means_are_the_measures(observation):
    """Each mean over images is the number in the result."""
    values, numbers = values_by_image(observation), measure(observation)
    expected = {
        **numbers["explainer"],
        "skill": numbers["layers"]["interp_2"]["skill"],
        "pck": numbers["layers"]["interp_2"]["pck"],
    }
    assert set(values) == set(expected)
    for name, value in values.items():
        assert value.shape == (60,)
        np.testing.assert_allclose(value.mean(), expected[name], rtol=1e-6)


def test_without_landmarks(made_observation):
    """What needs them is left out."""
    values = values_by_image(made_observation(landmark_names=()))
    assert set(values) == {"accuracy", "agreement"}
