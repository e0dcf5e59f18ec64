"""Where only some images are looked at, every category is among them."""

import sys
import types

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartSplit
from tf_explainer.evaluation.causal import faithfulness, removal_fidelity
from tf_explainer.evaluation.causal.occluded import occlusion
from tf_explainer.evaluation.label_free import LandmarkFreeProxy, equivariance
from tf_explainer.evaluation.sources import SplitSource

COUNT, MOST = 19, 10


class Seen(Exception):
    """Carries the images that a measure looks at, before it does more."""


class Explainer:
    """Hands back what it is shown."""

    encoder = types.SimpleNamespace(parts=1)
    examples = types.SimpleNamespace(shape=(4, 4, 3))

    def cached_features(self, batches):
        """The first images that the proxy asks for."""
        raise Seen(first_pixels(batches))


def first_pixels(batches):
    """Returns the value of each image."""
    pixels = [np.asarray(batch)[:, 0, 0, 0] for batch in batches]
    return np.concatenate(pixels).astype(int).tolist()


def split():
    """Returns 19 images, sorted by category, each of its number's value."""
    numbers = np.arange(COUNT, dtype="uint8")[:, None, None, None]
    images = np.broadcast_to(numbers, (COUNT, 4, 4, 3))
    return PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=np.repeat([0, 1], [10, 9]).astype("int32"),
        landmarks=np.zeros((COUNT, 0, 2), np.float32),
        files=tuple(map(str, range(COUNT))),
    )


def stopping(patch, measure, name):
    """Replaces what a measure calls first by `Seen`."""

    def see(*arguments):
        raise Seen(first_pixels(arguments[-1]))

    patch.setattr(sys.modules[measure.__module__], name, see)


def of_images(patch):
    """Batches of a split."""
    return first_pixels(split().batches(4, MOST))


def of_features(patch):
    """Batches of features that were kept."""
    kept = split().images.map(lambda image: {"target": image})
    batches = SplitSource(split(), kept).batches(4, MOST)
    return first_pixels(batch["target"] for batch in batches)


def of_equivariance(patch):
    """Images of a measure."""
    patch.setattr(sys.modules[equivariance.__module__], "IMAGES", MOST)
    stopping(patch, equivariance, "_peaks")
    patch.setattr(
        sys.modules[equivariance.__module__], "_run", lambda *arguments: None
    )
    equivariance(Explainer(), split())


def of_proxy(patch):
    """Images of the landmark-free proxy."""
    patch.setattr(sys.modules[LandmarkFreeProxy.__module__], "IMAGES", MOST)
    LandmarkFreeProxy(Explainer(), split())


def of_occlusion(patch):
    """Images of a causal check."""
    _of_causal(patch, occlusion)


def of_fidelity(patch):
    """Images whose parts are erased."""
    _of_causal(patch, removal_fidelity)


def of_faithfulness(patch):
    """Images whose pixels are erased."""
    module = sys.modules[faithfulness.__module__]
    patch.setattr(module, "class_scores", lambda _: _stopped)
    faithfulness(Explainer(), split(), MOST)


def _of_causal(patch, check):
    module = sys.modules[check.__module__]
    patch.setattr(module, "see", lambda *arguments: _stopped)
    check(Explainer(), split(), images=MOST)


def _stopped(pictures):
    raise Seen(first_pixels([pictures]))


@pytest.mark.parametrize(
    "of",
    [
        *(of_images, of_features, of_equivariance, of_proxy),
        *(of_occlusion, of_fidelity, of_faithfulness),
    ],
)
def test_last_category_is_seen(of, monkeypatch):
    """Ten of 19: every second one, not the first ten."""
    try:
        seen = of(monkeypatch)
    except Seen as told:
        (seen,) = told.args
    assert seen == list(range(0, 19, 2))
