"""Features that are computed once and handed to `fit` in the images' place."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.features.batches import evenly_spaced, is_features
from tf_explainer.testing import toy_performer

pytestmark = pytest.mark.usefixtures("module_eagerly")


def _trained(explainer, x, **arguments):
    keras.utils.set_random_seed(1)
    explainer.compile(optimizer=keras.optimizers.Adam(1e-3))
    explainer.fit(
        x,
        epochs=2,
        batch_size=4,
        verbose=0,
        shuffle=False,
        views=0,
        **arguments,
    )
    return np.concatenate([np.ravel(w) for w in explainer.trainable_weights])


def _fresh(performer):
    keras.utils.set_random_seed(0)
    return Explainer.from_performer(
        performer, filter_loss="exact", preset="filters"
    )


def test_the_same_as_from_images(performer, images):
    """Kept features train an explainer as their images do."""
    features = _fresh(performer).cached_features(images, batch_size=5)
    assert is_features(features) and not is_features(images)
    assert int(features.cardinality()) == len(images)
    direct = _trained(_fresh(performer), images)
    kept = _trained(_fresh(performer), features, validation_data=features)
    np.testing.assert_allclose(kept, direct, rtol=1e-3, atol=1e-5)


def test_shared_between_explainers(performer, images):
    """The performer runs once for two explainers, shuffled, and a test."""
    first, runs = _fresh(performer), []
    run = first.attachment.features.call

    def counted(*args, **kwargs):
        tf.py_function(lambda: runs.append(1), [], [])
        return run(*args, **kwargs)

    object.__setattr__(first.attachment.features, "call", counted)
    features = first.cached_features(images, batch_size=6)
    seen = len(runs)
    for explainer in (first, _fresh(performer)):
        explainer.fit(features, epochs=2, batch_size=4, verbose=0)
    losses = first.evaluate(features, verbose=0, return_dict=True)
    assert np.isfinite(losses["loss"])
    assert len(runs) == seen > 0


def test_of_another_cut_or_with_augmentation(performer, images):
    """Features that do not fit are named; images cannot be changed later."""
    explainer, other = _fresh(performer), _fresh(toy_performer(classes=4))
    features = explainer.cached_features(images)
    with pytest.raises(InputError, match="features of this performer"):
        other.fit(features, verbose=0)
    with pytest.raises(InputError, match="`augmentation` changes images"):
        explainer.fit(features, verbose=0, augmentation=lambda batch: batch)


def test_images_that_do_not_fit(explainer):
    """Nothing is computed for images of another size."""
    with pytest.raises(InputError, match=r"received \(16, 16, 3\)"):
        explainer.cached_features(np.zeros((4, 16, 16, 3)))


def test_evenly_spaced_batches_are_from_all_over():
    """Of few all are taken, and of those whose number is not known."""
    some = evenly_spaced(tf.data.Dataset.range(100), 8)
    assert [int(one) for one in some] == list(range(0, 100, 12))
    assert len(list(evenly_spaced(tf.data.Dataset.range(15), 8))) == 15
    unknown = tf.data.Dataset.range(100).filter(lambda one: one >= 0)
    assert len(list(evenly_spaced(unknown, 8))) == 100
