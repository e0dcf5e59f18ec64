"""The landmark-free number, on peaks and on a network."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartSplit
from tf_explainer.evaluation.label_free import (
    LandmarkFreeProxy,
    equivariance,
    proxy_by_filter,
)
from tf_explainer.evaluation.moved_images import Views
from tf_explainer.evaluation.peaks import FilterPeaks
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer

IMAGES = 60


def _peaks(positions):
    silent = np.isnan(positions[..., 0])
    return FilterPeaks(positions, np.where(silent, 0.0, 1.0))


def _places(offsets):
    place = np.random.default_rng(1).uniform(0.4, 0.6, (IMAGES, 1, 2))
    return place + np.asarray(offsets, float)


def _found(before, after=None):
    views = Views.draw(IMAGES, seed=0)
    if after is None:
        after = views.points(before)
    return proxy_by_filter(_peaks(before), _peaks(after), views)


def test_parts_get_one():
    """They follow the view and tell each other's place."""
    found = _found(_places([[0, 0], [0.15, 0], [0, 0.15]]))
    np.testing.assert_allclose(found, 1, atol=1e-6)


def test_filters_that_are_all_alike_get_nothing():
    """They follow, but a part does not tell itself."""
    found = _found(_places([[0, 0], [0.01, 0], [0, 0.01]]))
    np.testing.assert_array_equal(found, 0)


def test_filters_that_do_not_follow_get_nothing():
    """They tell each other's place, but stay where they were."""
    before = _places([[0, 0], [0.15, 0], [0, 0.15]])
    np.testing.assert_allclose(_found(before, before), 0, atol=1e-9)


def test_constant_and_dead_filters_get_nothing_and_strangers_less():
    """Beside two parts: one in a fixed place, one dead, one at random."""
    before = _places([[0, 0], [0.15, 0], [0, 0], [0, 0], [0, 0]])
    before[:, 2] = 0.5
    before[:, 3] = np.nan
    before[:, 4] = np.random.default_rng(2).uniform(0.3, 0.7, (IMAGES, 2))
    after = Views.draw(IMAGES, seed=0).points(before)
    after[:, 2] = 0.5
    found = _found(before, after)
    assert (found[:2] > 0.3).all()
    np.testing.assert_allclose(found[2:4], 0, atol=1e-9)
    assert -1 <= found[4] < 0


@pytest.fixture(scope="module")
def split():
    """Thirteen random images."""
    images = toy_images(13).astype("uint8")
    return PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=np.zeros(13, np.int32),
        landmarks=np.zeros((13, 0, 2), np.float32),
        files=tuple(map(str, range(13))),
    )


def test_of_a_network(split):
    """One number in range, the same for any batch size; silence gives 0."""
    explainer = Explainer.from_performer(
        toy_performer(), silence=0.0, preset="filters"
    )
    explainer.calibrate(toy_images())
    proxy = LandmarkFreeProxy(explainer, split, batch_size=4)
    values = proxy.by_filter(explainer)
    assert values.shape == (explainer.filters,)
    assert (np.abs(values) <= 1).all() and np.abs(values).max() > 0
    assert proxy(explainer) == pytest.approx(values.mean())
    again = LandmarkFreeProxy(explainer, split, batch_size=13)
    np.testing.assert_allclose(again.by_filter(explainer), values, atol=1e-3)
    follows = equivariance(explainer, split, batch_size=5)["interp_2"]
    known = ~np.isnan(follows)
    assert (values[known] <= np.maximum(follows[known], 0) + 1e-2).all()
    conv = explainer.encoder.interp_2.conv
    conv.kernel.assign(np.zeros(conv.kernel.shape))
    assert proxy(explainer) == 0


def test_the_performer_runs_once(split, monkeypatch):
    """Calls read kept features only."""
    explainer = Explainer.from_performer(toy_performer(), preset="filters")
    explainer.calibrate(toy_images())
    proxy = LandmarkFreeProxy(explainer, split)

    seen = []
    monkeypatch.setattr(
        explainer.attachment.features.layers[1],
        "call",
        lambda *args, **kwargs: seen.append(args) or args[0],
    )
    proxy(explainer)
    assert not seen
    explainer(toy_images(2))
    assert seen
