"""The table of what each filter stands for."""

import numpy as np

from tf_explainer.evaluation.result import filter_table


def test_by_hand(located):
    """One finder, one constant ("other"), one dead filter."""
    generator = np.random.default_rng(0)
    landmarks = generator.random((20, 1, 2))
    peaks = np.full((20, 3, 2), np.nan)
    peaks[:, 0], peaks[:, 1] = landmarks[:, 0], 0.5
    labels = np.arange(20) % 2
    strengths = np.ones((20, 3))
    strengths[labels == 1, 0] = 2
    found = located(peaks, landmarks, labels, strengths)
    rows = filter_table(found, found, ("cat", "dog"), ("head",))
    assert [row["filter"] for row in rows] == [0, 1]
    assert [row["part"] for row in rows] == ["head", None]
    assert [row["category"] for row in rows] == ["dog", "cat"]
    np.testing.assert_allclose(rows[0]["skill"], 1, atol=1e-6)
    np.testing.assert_allclose(rows[0]["skill_own_category"], 1, atol=1e-6)
