"""Pairs of views on their way into the train step."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.attachment import ReceptiveField
from tf_explainer.callbacks import augment_features
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.features.pairs import pairs_of_views
from tf_explainer.features.views import pair_of_views, unit_frames
from tf_explainer.layers import MirrorShift
from tf_explainer.testing import toy_images, toy_performer

AS_IT_IS = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]


@pytest.fixture(scope="module")
def performer():
    """A toy performer."""
    keras.utils.set_random_seed(0)
    return toy_performer()


def _explainer(performer, **settings):
    keras.utils.set_random_seed(0)
    return Explainer.from_performer(
        performer, filter_loss="equivariant", **settings, preset="filters"
    )


def test_frame_of_units_by_hand():
    """Units 4 pixels apart from pixel 1.5 on, in an image of 16."""
    field = ReceptiveField((1.5, 1.5), (4.0, 4.0), (9.0, 9.0), (16, 16), (4, 4))
    mirrored = [1.0, 0.0, 0.0, 0.0, -1.0, 1.0]
    frames = np.asarray(unit_frames(tf.constant([AS_IT_IS, mirrored]), field))
    np.testing.assert_allclose(frames[0], [[1, 0, 0], [0, 1, 0]], atol=1e-6)
    # Unit u is at (1.5 + 0.5 + 4 u) / 16; its mirror image is unit 3 - u.
    np.testing.assert_allclose(frames[1], [[1, 0, 0], [0, -1, 3]], atol=1e-6)
    turned = [0.0, 1.0, 0.0, -1.0, 0.0, 1.0]
    frame = np.asarray(unit_frames(tf.constant([turned]), field))[0]
    np.testing.assert_allclose(frame @ [0, 1, 1], [1, 3], atol=1e-6)


def test_kept_views_come_in_pairs(performer):
    """The image itself first, then one of its views, with both frames."""
    explainer = _explainer(performer)
    images = toy_images(6)
    kept = explainer.cached_features(images, 4, views=2)
    example = next(iter(kept))
    assert example["target"].shape[0] == 3 and example["frames"].shape == (3, 6)
    plain = next(iter(explainer.cached_features(images, 4)))
    np.testing.assert_allclose(
        example["target"][0], plain["target"], rtol=1e-2, atol=1e-2
    )
    assert not np.allclose(example["target"][1], example["target"][0])
    assert example["target"].dtype == tf.float16
    np.testing.assert_array_equal(example["frames"][0], AS_IT_IS)


def test_a_new_view_for_every_batch_of_images(performer):
    """Even rows are the images' own features."""
    explainer = _explainer(performer)
    images = tf.constant(toy_images(3))
    features = explainer.attachment.features

    def run(batch, training):
        return features(batch["image"], training=training)

    first, second = pair_of_views(run, images), pair_of_views(run, images)
    assert first["target"].shape[0] == 6
    np.testing.assert_allclose(
        first["target"][::2], features(images)["target"], rtol=1e-5
    )
    assert not np.array_equal(first["frames"][1::2], second["frames"][1::2])


def test_pairs_of_views_hold_an_image_and_one_of_its_views():
    """By a key always the same one, by others in time each of them."""
    rows = tf.reshape(tf.range(24.0), (6, 4, 1))
    batch = {"target": rows, "frames": tf.zeros((6, 4, 6))}
    seen = set()
    for number in range(20):
        key = tf.constant([3, number])
        pairs = np.reshape(pairs_of_views(batch, key)["target"], (6, 2))
        again = np.reshape(pairs_of_views(batch, key)["target"], (6, 2))
        np.testing.assert_array_equal(pairs, again)
        np.testing.assert_array_equal(pairs[:, 0], 4 * np.arange(6))
        seen |= {
            tuple(one) for one in np.argwhere(pairs[:, 1:] == rows[..., 0])
        }
    assert seen == {(image, view) for image in range(6) for view in (1, 2, 3)}


@pytest.mark.parametrize(
    "how",
    [
        *("images", "features", "augmentation"),
        pytest.param("xla", marks=pytest.mark.slow),
    ],
)
def test_fit_learns_from_pairs(performer, how):
    """The filter loss is there and moves the lower conv-layer."""
    explainer = _explainer(performer)
    explainer.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        jit_compile=how == "xla",
        run_eagerly=how != "xla",
    )
    images = toy_images(8)
    before = np.array(explainer.encoder.interp_1.conv.kernel)
    given = {"x": images, "views": 2}
    if how == "features":
        given = {"x": explainer.cached_features(images, 4, views=2)}
    if how in ("augmentation", "xla"):
        given = {"x": images, "augmentation": lambda batch: batch + 1.0}
    history = explainer.fit(**given, batch_size=4, epochs=1, verbose=0).history
    assert history["filter_loss"][0] > 0.1
    assert not np.allclose(before, explainer.encoder.interp_1.conv.kernel)


@pytest.mark.usefixtures("eagerly")
def test_labels_go_along_with_every_view(performer):
    """Explainer+cls on kept views."""
    explainer = _explainer(performer, variant="explainer_cls")
    images, labels = toy_images(8), np.arange(8) % 3
    kept = explainer.cached_features(images, 4, views=2)
    history = explainer.fit(kept, labels, batch_size=4, verbose=0).history
    assert np.isfinite(history["classification_loss"][0])


@pytest.mark.usefixtures("eagerly")
def test_views_are_for_learning_alone(performer):
    """Measuring, calibrating and validating see the images as they are."""
    images = toy_images(8)
    kept = _explainer(performer).cached_features(images, 4, views=2)
    losses, alphas = [], []
    for x in (images, kept, kept.batch(4)):
        keras.utils.set_random_seed(0)
        explainer = _explainer(performer)
        explainer.compile()
        explainer.calibrate(x)
        alphas.append(explainer.norms[0].alpha)
        losses.append(explainer.evaluate(x, verbose=0, return_dict=True))
    for other in (1, 2):
        np.testing.assert_allclose(alphas[other], alphas[0], rtol=1e-2)
        assert losses[other] == pytest.approx(losses[0], rel=1e-2)


@pytest.mark.usefixtures("eagerly")
def test_kept_batches_of_views_are_learned_from(performer):
    """As pairs, also in their own order."""
    explainer = _explainer(performer)
    kept = explainer.cached_features(toy_images(6), 4, views=2).batch(4)
    history = explainer.fit(kept, shuffle=False, verbose=0).history
    assert history["filter_loss"][0] > 0.1


def test_moved_features_are_not_moved_on(performer):
    """The frames of the views would no longer be true."""
    explainer = _explainer(performer)
    augment_features(explainer, MirrorShift(1))
    with pytest.raises(InputError, match="`freeze_interpretable_track` first"):
        explainer.fit(toy_images(4), verbose=0)


def test_needs_views(performer):
    """Features without views, or none wanted, are refused."""
    explainer = _explainer(performer)
    images = toy_images(4)
    with pytest.raises(InputError, match="`views` must be 1 or more"):
        explainer.fit(explainer.cached_features(images), verbose=0)
    with pytest.raises(InputError, match="`views` must be 1 or more"):
        explainer.fit(images, views=0, verbose=0)
    with pytest.raises(InputError, match="`views`.*received -1"):
        explainer.fit(images, views=-1, verbose=0)
