"""A made observation with known parts; no network."""

import contextlib
import gc
import ipaddress
import socket

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.attachment import ScaledImage
from tf_explainer.datasets import PartDataset, PartSplit
from tf_explainer.evaluation.observation import (
    LAYERS,
    UNTRAINED,
    Observation,
    ObservedSplit,
)
from tf_explainer.evaluation.peaks import FilterPeaks
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer

NOISE = {"target": 1.0, "top_conv": 0.5, "interp_1": 0.12, "interp_2": 0.04}
# Which of the three landmarks each filter follows; the last one is dead.
FOLLOWS = (0, 0, 0, 1, 1, 2, 0)


def _of_this_machine(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True, scope="session")
def no_network():
    """No test of this process asks another machine."""
    real = socket.socket.connect

    def connect(self, address):
        network = self.family in (socket.AF_INET, socket.AF_INET6)
        if network and not _of_this_machine(address[0]):
            raise RuntimeError(f"a test asked the network: {address}")
        return real(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        yield


def make_observation(
    landmark_names=("head", "legs", "tail"),
    categories=("cat", "dog"),
    images=60,
    name="made animals",
    file_name="{split}_{index}.jpg",
):
    """Returns an `Observation` whose interp_2 follows the landmarks.

    Seven filters: three stand for the first landmark, two for the second,
    one for the third (each without noise beyond `NOISE`), one is dead. The
    explainer is wrong on the first 6 test images, the performer on the first
    3.
    """
    splits = {
        split: _split(seed, split, len(landmark_names), images, file_name)
        for seed, split in enumerate(("train", "test"))
    }
    labels = splits["test"].labels
    return Observation(
        name=name,
        categories=tuple(categories),
        landmark_names=tuple(landmark_names),
        splits=splits,
        scores=_scores(labels, wrong=6),
        performer_scores=_scores(labels, wrong=3),
        reconstruction_error={"fc6": 0.25, "fc7": 0.125},
        p=0.75,
        eta=0.1,
        field=(0.3, 0.3),
    )


def _split(seed, split, landmarks, images, file_name):
    generator = np.random.default_rng(seed)
    points = generator.uniform(0.15, 0.85, (images, 3, 2)).astype(np.float32)
    peaks = {layer: _peaks(points, NOISE[layer], generator) for layer in LAYERS}
    peaks[UNTRAINED] = _peaks(points, 0.7, generator)
    shown = points[:, :landmarks].copy()
    shown[::7] = np.nan
    return ObservedSplit(
        peaks=peaks,
        labels=np.arange(images, dtype=np.int32) % 2,
        landmarks=shown,
        files=tuple(
            file_name.format(split=split, index=index)
            for index in range(images)
        ),
        skipped=seed,
    )


def _peaks(points, noise, generator):
    followed = points[:, FOLLOWS]
    scatter = noise * generator.standard_normal(followed.shape)
    positions = np.clip(followed + scatter, 0, 1).astype(np.float32)
    strengths = generator.uniform(0.5, 3, positions.shape[:2])
    positions[:, -1], strengths[:, -1] = np.nan, 0
    return FilterPeaks(positions, strengths.astype(np.float32))


def _scores(labels, wrong):
    top = labels.copy()
    top[:wrong] = 1 - top[:wrong]
    return np.eye(2, dtype=np.float32)[top]


def pytest_collection_modifyitems(items):
    """A notebook takes minutes."""
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def made_observation():
    """Maker of observations, see `make_observation`."""
    return make_observation


@pytest.fixture(scope="session")
def observation():
    """One observation of seven filters and three landmarks."""
    return make_observation()


@pytest.fixture
def made_images(observation):
    """Reader of the made observation's test images: a dot at each part."""

    def read(indices):
        return {
            int(index): _draw(observation.splits["test"], index)
            for index in indices
        }

    return read


def _draw(split, index, size=48):
    rows, columns = np.indices((size, size)) / size
    image = np.full((size, size, 3), 200, np.uint8)
    for channel, (row, column) in enumerate(split.landmarks[index]):
        near = np.hypot(rows - row, columns - column) < 0.1
        image[near, channel] = 60
    return image


def levels(categories):
    """The gray of each category, 0-255."""
    return (np.arange(categories) + 0.5) * 255 / categories


def make_gray_dataset(categories=("cat", "dog"), images=12):
    """Returns `train` images of 8 x 8 pixels, each category of its gray."""
    count = images * len(categories)
    labels = np.arange(count, dtype="int32") % len(categories)
    noise = np.random.default_rng(0).normal(0, 5, (count, 8, 8, 3))
    pixels = levels(len(categories))[labels][:, None, None, None] + noise
    split = PartSplit(
        images=tf.data.Dataset.from_tensor_slices(
            pixels.clip(0, 255).astype("uint8")
        ),
        labels=labels,
        landmarks=np.zeros((count, 0, 2), "float32"),
        files=tuple(map(str, range(count))),
    )
    return PartDataset("gray", tuple(categories), (), {"train": split})


def make_gray_cnn(order, head="softmax", scale="none", size=8):
    """Returns a CNN that is right on `make_gray_dataset`, whatever it is asked.

    Args:
        order: The category of each of its scores; that of `sigmoid`, which is
            one score, comes second.
        head: `softmax`, `logits`, `sigmoids` or `sigmoid`.
        scale: Values that it wants.
        size: Side of its images.
    """
    grays = np.tile(levels(len(order))[:, None, None, None], (1, 1, 1, 3))
    wanted = np.asarray(ScaledImage(scale)(grays)).mean(axis=(1, 2, 3))
    near = 10 / np.ptp(wanted) ** 2
    # The nearest gray has the highest score: -(x - c)^2, less x^2.
    kernel, bias = 2 * wanted[list(order)] * near, -(wanted**2)[list(order)]
    bias = bias * near
    if head == "sigmoid":
        kernel, bias = np.diff(kernel), np.diff(bias)
    if head == "sigmoids":
        kernel, bias = kernel - kernel.mean(), bias - bias.mean()
    image = keras.Input((size, size, 3))
    x = keras.layers.Conv2D(3, 1, use_bias=False, name="conv")(image)
    x = keras.layers.GlobalAveragePooling2D()(x)
    activation = {"logits": None, "sigmoids": "sigmoid"}.get(head, head)
    scores = keras.layers.Dense(len(bias), activation=activation)(x)
    model = keras.Model(image, scores)
    model.set_weights(
        [np.eye(3)[None, None], np.tile(kernel / 3, (3, 1)), bias]
    )
    return model


@pytest.fixture(scope="session")
def gray_dataset():
    """Maker of gray images, see `make_gray_dataset`."""
    return make_gray_dataset


@pytest.fixture(scope="session")
def gray_cnn():
    """Maker of a CNN that knows them, see `make_gray_cnn`."""
    return make_gray_cnn


@pytest.fixture
def performer():
    """A fresh toy performer."""
    return toy_performer()


@pytest.fixture
def images():
    """Twelve random images."""
    return toy_images()


@pytest.fixture
def explainer(performer):
    """An explainer of filters, each for itself, that has not been trained."""
    return Explainer.from_performer(performer, preset="filters")


@pytest.fixture(autouse=True, scope="module")
def only_new_objects_are_searched():
    """What outlives a module is not searched for garbage again.

    After some thousand tests one such search takes twenty seconds.
    """
    yield
    gc.collect()
    gc.freeze()


@contextlib.contextmanager
def _without_graphs():
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)


@pytest.fixture
def eagerly():
    """Trains step by step: a graph takes longer than a toy's few steps."""
    with _without_graphs():
        yield


@pytest.fixture(scope="module")
def module_eagerly():
    """As `eagerly`, for all tests of a module and what they share."""
    with _without_graphs():
        yield


class _Stop(keras.callbacks.Callback):
    """Ctrl-C behind the first batch of an epoch."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch, self.now = epoch, -1

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.now == self.epoch:
            raise KeyboardInterrupt


@pytest.fixture(scope="session")
def stop_in():
    """Maker of a callback that stops a training in an epoch."""
    return _Stop
