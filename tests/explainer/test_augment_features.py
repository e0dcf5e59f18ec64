"""Further views of the target feature."""

import keras
import numpy as np
import pytest
from keras import layers

from tf_explainer.callbacks import FreezeInterpretableTrack, augment_features
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.fitting import augmented
from tf_explainer.layers import MirrorShift
from tf_explainer.testing import toy_images, toy_performer


@pytest.fixture(scope="module")
def images():
    """Four toy images."""
    return toy_images(4)


def test_upper_features_belong_to_the_view(images):
    """They are the performer's own of the view, not of the image."""
    explainer = Explainer.from_performer(toy_performer(), preset="filters")
    features = explainer.attachment.features(images)
    augment_features(explainer, lambda maps: maps)
    same = augmented(explainer, features)
    for name, value in features.items():
        np.testing.assert_allclose(same[name], value, rtol=1e-5, atol=1e-6)
    augment_features(explainer, lambda maps: 2 * maps)
    louder = augmented(explainer, features)
    assert not np.allclose(louder["scores"], features["scores"])


@pytest.mark.usefixtures("eagerly")
def test_views_are_not_saved(images, tmp_path):
    """The explainer's file holds no trace of how it was trained."""
    explainer = Explainer.from_performer(toy_performer(), preset="filters")
    weights = len(explainer.weights)
    views = MirrorShift(shift=1, seed=0)
    explainer.fit(
        images,
        epochs=2,
        verbose=0,
        callbacks=[FreezeInterpretableTrack(1, views)],
    )
    explainer.save(tmp_path / "explainer.keras")
    again = keras.saving.load_model(tmp_path / "explainer.keras")
    assert len(again.weights) == len(explainer.weights) == weights
    np.testing.assert_allclose(
        again(images)["scores"], explainer(images)["scores"], atol=1e-6
    )


def test_needs_a_target_that_nothing_passes_by():
    """A skip connection from below the target to above it."""
    image = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", activation="relu", name="a")(image)
    y = layers.Conv2D(4, 3, padding="same", activation="relu", name="b")(x)
    y = layers.Flatten()(layers.Add(name="sum")([x, y]))
    scores = layers.Dense(2)(layers.Dense(5, name="hidden")(y))
    performer = keras.Model(image, scores)
    explainer = Explainer.from_performer(
        performer, "b", "sum", ["hidden"], preset="filters"
    )
    with pytest.raises(ValueError, match="a branch passes 'b' by"):
        augment_features(explainer, MirrorShift(1))
