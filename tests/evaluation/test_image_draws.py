"""Bootstrap resamples as counts."""

import numpy as np

from tf_explainer.evaluation.sampling import image_draws


def test_as_many_images_in_every_draw():
    """With replacement, each image once on average, the same for a seed."""
    draws = image_draws(5, 2000, seed=2)
    assert draws.shape == (2000, 5) and draws.min() == 0 and draws.max() > 1
    assert (draws.sum(axis=1) == 5).all()
    np.testing.assert_allclose(draws.mean(axis=0), 1, atol=0.1)
    np.testing.assert_array_equal(draws, image_draws(5, 2000, seed=2))
    assert not np.array_equal(draws, image_draws(5, 2000, seed=3))


def test_batches_of_one_generator_are_the_same_draws():
    """So that many images need not be drawn at once."""
    generator = np.random.default_rng(2)
    batches = [image_draws(5, size, generator) for size in (3, 4)]
    np.testing.assert_array_equal(
        np.concatenate(batches), image_draws(5, 7, seed=2)
    )
