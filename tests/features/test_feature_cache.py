"""Where features are kept."""

import gc
import tempfile

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.attachment import Attachment, FlatGraph, choose_cut
from tf_explainer.errors import InputError
from tf_explainer.features import feature_cache, image_batches
from tf_explainer.testing import toy_images, toy_performer


@pytest.fixture(scope="module")
def features():
    """The feature model of a toy performer."""
    performer = toy_performer()
    graph = FlatGraph.of(performer)
    return Attachment.of(performer, choose_cut(graph).cut, graph).features


@pytest.mark.parametrize(
    "limits", [{}, {"memory_limit": 0.0}], ids=["memory", "disk"]
)
def test_keeps_the_features(features, tmp_path, limits):
    """The same examples in the same order, and their number."""
    images = toy_images(10)
    kept, count = feature_cache(
        features, image_batches(images, 4), directory=str(tmp_path), **limits
    )
    assert count == 10 == int(kept.cardinality())
    assert bool(list(tmp_path.iterdir())) == bool(limits)
    expected = features(images)
    for name, values in expected.items():
        received = np.stack([example[name] for example in kept])
        np.testing.assert_allclose(
            received.astype("float32"), values, rtol=1e-3, atol=1e-4
        )


def test_warns_where_nothing_can_be_kept(features):
    """Both limits too small: features are computed anew, and it says so."""
    with pytest.warns(UserWarning, match="computed anew in each epoch"):
        examples, _ = feature_cache(
            features,
            image_batches(toy_images(3)),
            memory_limit=0.0,
            disk_limit=0.0,
        )
    assert len(list(examples)) == 3


def counted(images):
    """Returns batches of four whose number is not known."""
    data = tf.data.Dataset.from_tensor_slices(images)
    return data.filter(lambda image: True).batch(4)


def test_images_of_unknown_number_are_counted(features, tmp_path):
    """The limits hold for them, too, and progress has an end."""
    told = []
    kept, count = feature_cache(
        features,
        counted(toy_images(34)),
        memory_limit=0.0,
        directory=str(tmp_path),
        tell=lambda done, total: told.append((done, total)),
    )
    assert count == 34 == int(kept.cardinality())
    assert told == [(0, 34), (32, 34), (34, 34)]
    assert list(tmp_path.iterdir())
    with pytest.warns(UserWarning, match="of 3 images"):
        feature_cache(
            features, counted(toy_images(3)), memory_limit=0, disk_limit=0
        )


def test_images_without_an_end_are_refused(features):
    """Before they are looked at; what to leave out is said."""
    with pytest.raises(InputError, match=r"`images` must end.*`\.repeat\(\)`"):
        feature_cache(features, image_batches(toy_images(3)).repeat())


def test_temporary_folder_goes_with_the_data(features, tmp_path, monkeypatch):
    """It stays as long as anything is made of the features."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    kept, _ = feature_cache(
        features, image_batches(toy_images(6), 2), memory_limit=0.0
    )
    batches = kept.shuffle(6).batch(2).map(lambda batch: batch["scores"])
    del kept
    gc.collect()
    for _ in range(2):
        assert len(list(batches)) == 3
    assert list(tmp_path.glob("tf_explainer_*"))
    del batches
    gc.collect()
    assert not list(tmp_path.glob("tf_explainer_*"))


def _as_they_are(images, training=False):
    """Stands in for a performer."""
    return {"target": images, "scores": images[:, 0, 0]}


def _beyond_float16():
    """Images, of which the last one holds what float16 does not."""
    images = toy_images(9)
    images[8, 2, 3] = 7e4
    return images


@pytest.mark.parametrize("limit", [4.0, 0.0], ids=["memory", "disk"])
def test_what_float16_cannot_hold_is_kept_in_float32(tmp_path, limit):
    """Also where it turns up late, in an image that nobody looked at."""

    images = _beyond_float16()
    kept, count = feature_cache(
        _as_they_are,
        image_batches(images, 3),
        memory_limit=limit,
        directory=str(tmp_path),
    )
    assert count == 9
    found = np.stack([example["target"] for example in kept])
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, images)
    assert bool(list(tmp_path.iterdir())) == (limit == 0.0)


def test_what_is_rebuilt_takes_half_the_space(features):
    """Scores alone are kept as they are: small ones would become 0."""
    kept, _ = feature_cache(features, image_batches(toy_images(3)))
    kinds = {name: spec.dtype for name, spec in kept.element_spec.items()}
    assert kinds.pop("scores") == tf.float32
    assert set(kinds.values()) == {tf.float16}


def test_a_retry_in_float32_leaves_other_files_alone(tmp_path):
    """And what it has written is read again."""

    (tmp_path / "features_of_mine.csv").write_text("mine")
    (tmp_path / "features_old").mkdir()
    images = _beyond_float16()
    for limit in (4.0, 0.0, 0.0):
        kept, _ = feature_cache(
            _as_they_are,
            image_batches(images, 3),
            memory_limit=limit,
            directory=str(tmp_path),
        )
        found = np.stack([example["target"] for example in kept])
        np.testing.assert_array_equal(found, images)
    assert (tmp_path / "features_of_mine.csv").is_file()
    assert not list(tmp_path.glob("features_half*"))


def test_what_is_not_kept_is_not_cut_off():
    """Beyond both limits float16 would save nothing."""

    images = _beyond_float16()
    with pytest.warns(UserWarning, match="computed anew"):
        examples, _ = feature_cache(
            _as_they_are, image_batches(images, 3), memory_limit=0, disk_limit=0
        )
    found = np.stack([example["target"] for example in examples])
    np.testing.assert_array_equal(found, images)
