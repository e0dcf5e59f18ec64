"""Where features are kept."""

import numpy as np
import pytest

from tf_explainer.performers import (
    Attachment,
    FlatGraph,
    choose_cut,
    feature_cache,
    image_batches,
)
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
