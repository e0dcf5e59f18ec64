"""Parts told within a category."""

import numpy as np
import pytest

from tf_explainer.evaluation.metrics.categories import category_skills
from tf_explainer.evaluation.metrics.landmarks import landmark_skill


@pytest.fixture
def shared(located):
    """Two filters, each follows the head in one of two categories alone."""

    def make(seed):
        generator = np.random.default_rng(seed)
        head = generator.random((80, 1, 2))
        labels = np.arange(80) % 2
        peaks = generator.random((80, 2, 2))
        for label in (0, 1):
            own = labels == label
            peaks[own, label] = head[own, 0] - 0.1
        return located(peaks, head, labels)

    return make(0), make(1)


def test_filters_share_the_work(shared):
    """Together they tell every head; neither does over both categories."""
    found = category_skills(*shared, ("cat", "dog"), ("head",))
    assert found["cat"]["head"]["filter"] == 0
    assert found["dog"]["head"]["filter"] == 1
    for told in found.values():
        assert told["head"]["skill"] == pytest.approx(1, abs=1e-6)
    assert landmark_skill(*shared).test.max() < 0.3


def test_one_category_is_the_whole(located, scattered):
    """Of a single category it is `landmark_skill`."""
    pair = [scattered(60, 4, 2, seed) for seed in (0, 1)]
    pair = [
        located(split.peaks.positions, split.landmarks, np.zeros(60, int))
        for split in pair
    ]
    found = category_skills(*pair, ("cat",), ("head", "tail"))["cat"]
    skills = landmark_skill(*pair)
    for landmark, name in enumerate(("head", "tail")):
        best = skills.best_filter[landmark]
        assert found[name] == {
            "filter": best,
            "skill": pytest.approx(skills.test[best, landmark]),
        }


def test_what_a_category_lacks_is_left_out(shared):
    """A category without images, and a landmark that it never shows."""
    for split in shared:
        split.landmarks[split.labels == 1] = np.nan
    found = category_skills(*shared, ("cat", "dog", "cow"), ("head",))
    assert set(found) == {"cat"}
