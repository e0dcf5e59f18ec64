"""Evaluation of a real, tiny explainer."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartDataset, PartSplit
from tf_explainer.errors import InputError
from tf_explainer.evaluation.controls import FEATURE_CONTROLS
from tf_explainer.evaluation.observation import LAYERS, UNTRAINED
from tf_explainer.evaluation.observing import evaluate, observe
from tf_explainer.evaluation.result import measure, validate_result
from tf_explainer.explainer import Explainer
from tf_explainer.performers.small_network import small_cnn

IMAGES = {"train": 10, "test": 7}


def make_split(seed, count):
    """Returns random images with one bright spot, which is the landmark."""
    generator = np.random.default_rng(seed)
    images = generator.integers(0, 60, (count, 32, 32, 3), dtype=np.uint8)
    landmarks = generator.uniform(0.1, 0.8, (count, 1, 2))
    for image, ((row, column),) in zip(images, landmarks * 32, strict=True):
        image[int(row) : int(row) + 4, int(column) : int(column) + 4] = 255
    return PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=np.arange(count, dtype=np.int32) % 2,
        landmarks=landmarks.astype(np.float32),
        files=tuple(f"{index}.png" for index in range(count)),
        skipped=1,
    )


@pytest.fixture(scope="module")
def dataset():
    """Seventeen images of two categories with one landmark."""
    return PartDataset(
        name="spots",
        categories=("odd", "even"),
        landmark_names=("spot",),
        splits={
            name: make_split(seed, count)
            for seed, (name, count) in enumerate(IMAGES.items())
        },
    )


@pytest.fixture(scope="module")
def explainer(dataset):
    """An explainer of a network of four filters, calibrated."""
    keras.utils.set_random_seed(1)
    performer = small_cnn(2, image_size=32, width=4, units=8)
    made = Explainer.from_performer(performer)
    made.calibrate(dataset.splits["train"].batches(4))
    return made


@pytest.fixture(scope="module")
def seen(explainer, dataset):
    """What is observed, in batches of 4, and the progress reported."""
    steps = []
    observation = observe(explainer, dataset, 4, progress=steps.append)
    return observation, steps


def test_equals_the_explainers_own_outputs(explainer, dataset, seen):
    """Peaks, strengths, scores: as when it is called on all images."""
    observation, _ = seen
    owner = np.array(observation.part_of_filter)
    for part, told in enumerate(explainer.parts):
        assert tuple(np.flatnonzero(owner == part)) == told.filters
    for name, split in dataset.splits.items():
        (images,) = split.batches(100)
        out = explainer(images)
        peaks = observation.splits[name].peaks["interp_2"]
        strengths = np.asarray(out["peak_strengths"])
        np.testing.assert_allclose(peaks.strengths, strengths, rtol=1e-4)
        expected = np.where(
            strengths[..., None] > 0, np.asarray(out["peaks"]), np.nan
        )
        np.testing.assert_allclose(peaks.positions, expected, atol=1e-6)
    np.testing.assert_allclose(observation.scores, out["scores"], atol=1e-5)
    np.testing.assert_allclose(
        observation.performer_scores, out["performer_scores"], atol=1e-5
    )


@pytest.mark.slow
def test_kept_features_change_no_number(explainer, dataset, seen):
    """The same to the last digit as when the performer sees the images."""
    features = {
        name: explainer.cached_features(split.batches(4), 4, exact=True)
        for name, split in dataset.splits.items()
    }
    again = observe(explainer, dataset, 4, features=features)
    assert measure(again) == measure(seen[0])


def test_images_and_labels_are_a_data_set(explainer, dataset, seen):
    """As arrays or as a `tf.data.Dataset`; they are both splits."""
    test = dataset.splits["test"]
    (images,) = test.batches(100)
    pairs = np.array(images), test.labels
    data = tf.data.Dataset.from_tensor_slices(pairs).batch(3)
    for given in (pairs, data):
        observation = observe(explainer, given, 4)
        np.testing.assert_allclose(
            observation.scores, seen[0].scores, atol=1e-5
        )
        numbers = measure(observation)
        assert numbers["images"] == {"train": 7, "test": 7, "skipped": 0}
        assert numbers["delta_error"] == measure(seen[0])["delta_error"]
    with pytest.raises(InputError, match=r"hand in \(images, labels\)"):
        observe(explainer, images)


def test_other_layers_equal_layer_maps(explainer, dataset, seen):
    """The strongest unit of each map, wherever it is read."""
    (images,) = dataset.splits["test"].batches(100)
    maps = explainer.layer_maps(images)
    peaks = seen[0].splits["test"].peaks
    assert set(peaks) == {*LAYERS, UNTRAINED, *FEATURE_CONTROLS.names()}
    for layer in LAYERS:
        strongest = np.asarray(maps[layer]).max(axis=(1, 2))
        np.testing.assert_allclose(
            peaks[layer].strengths, np.maximum(strongest, 0), rtol=1e-4
        )


def test_components_fire_where_their_projection_does(explainer, dataset, seen):
    """As many as there are filters, read from the target feature."""
    (images,) = dataset.splits["test"].batches(100)
    (train,) = dataset.splits["train"].batches(100)
    channels = explainer.layer_maps(images)["target"].shape[-1]
    vectors = np.reshape(explainer.layer_maps(train)["target"], (-1, channels))
    projection = FEATURE_CONTROLS.get("pca")(vectors, explainer.filters, 0)
    strongest = projection.maps(explainer.layer_maps(images)["target"])
    np.testing.assert_allclose(
        seen[0].splits["test"].peaks["pca"].strengths,
        np.asarray(strongest).max(axis=(1, 2)),
        rtol=1e-2,
        atol=1e-3,
    )


def test_reconstruction_error_by_its_definition(explainer, dataset, seen):
    """Sum of squared errors over sum of squared norms."""
    (images,) = dataset.splits["test"].batches(100)
    features = explainer.attachment.features(images)
    rebuilt = explainer(images)["reconstructions"]
    for layer, error in seen[0].reconstruction_error.items():
        feature = np.asarray(features[layer])
        expected = ((rebuilt[layer] - feature) ** 2).numpy().sum()
        np.testing.assert_allclose(
            error, expected / (feature**2).sum(), rtol=1e-4
        )


def test_progress_adds_up(seen):
    """Batches of 4, the last ones smaller."""
    assert seen[1] == [4, 4, 2, 4, 3]


def test_untrained_is_another_explainer(seen):
    """Fresh weights fire elsewhere."""
    peaks = seen[0].splits["test"].peaks
    assert not np.array_equal(
        peaks[UNTRAINED].strengths, peaks["interp_2"].strengths
    )


def test_one_call(explainer, dataset, seen):
    """`evaluate` gives the numbers of the schema, the same each time."""
    numbers = evaluate(explainer, dataset, batch_size=4)
    assert numbers == measure(seen[0])
    rest = {"settings": {}, "seed": 0, "versions": {}, "seconds": {}}
    assert validate_result({**numbers, **rest}) is None
    assert numbers["images"] == {**IMAGES, "skipped": 2}
    assert numbers["data"]["name"] == "spots"


def test_nan_is_refused(explainer, dataset):
    """A broken weight is told, not averaged."""
    kernel = explainer.decoder.weights[0]
    kept = kernel.numpy()
    kernel.assign(np.full_like(kept, np.nan))
    try:
        with pytest.raises(InputError, match="explainer's weight.*NaN"):
            observe(explainer, dataset, 4)
    finally:
        kernel.assign(kept)


def test_one_score_of_another_category_is_refused(dataset):
    """Else the object's score would count as the background's."""
    whole = small_cnn(2, image_size=32, width=4, units=8)
    one = keras.layers.Dense(1, activation="sigmoid")
    performer = keras.Model(whole.input, one(whole.layers[-2].output))
    told = dataclasses.replace(dataset, categories=("odd", "background"))
    with pytest.raises(InputError, match="negative_category=1, received None"):
        observe(Explainer.from_performer(performer), told, 4)
