"""Another image of the same category."""

import numpy as np

from tf_explainer.evaluation.sampling import exchanged_images


def test_another_one_of_the_category():
    """Each stands in once, none for itself but the one that is alone."""
    labels = np.array([0, 1, 0, 2, 1, 0, 1])
    source = exchanged_images(labels, np.random.default_rng(0))
    np.testing.assert_array_equal(np.sort(source), np.arange(7))
    np.testing.assert_array_equal(labels[source], labels)
    assert np.flatnonzero(source == np.arange(7)).tolist() == [3]
