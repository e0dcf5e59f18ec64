"""What the page's table of filters is given."""

import json

import numpy as np
import pytest

from tf_explainer.report.labels import PartLabel
from tf_explainer.report.live_filters import filter_data, strongest_images

LABELS = (PartLabel(0, "head", filters=(0, 1, 2)), PartLabel(1, "x", "", ()))


@pytest.fixture
def data(observation, made_images):
    """The data of six live filters."""
    images = {
        i for some in strongest_images(observation).values() for i in some
    }
    return filter_data(observation, LABELS, made_images(images))


def test_every_live_filter(observation, data):
    """Six of seven, with part, landmark and strength."""
    peaks = observation.splits["test"].peaks["interp_2"]
    assert [one["filter"] for one in data["filters"]] == list(range(6))
    assert [one["part"] for one in data["filters"]] == [0, 0, 0, -1, -1, -1]
    landmarks = [one["landmark"] for one in data["filters"]]
    assert landmarks == ["head"] * 3 + ["legs"] * 2 + ["tail"]
    for one in data["filters"]:
        strength = peaks.strengths[:, one["filter"]].mean()
        assert one["strength"] == pytest.approx(strength, abs=1e-3)
        missed, constant = one["missed"]
        # The noise of interp_2 on rows and on columns.
        assert missed == pytest.approx(0.04 * 2**0.5, rel=0.2)
        assert missed < constant


def test_strongest_images(observation, data):
    """Three of each, the strongest first, where the filter fires there."""
    peaks = observation.splits["test"].peaks["interp_2"]
    for one in data["filters"]:
        strengths = peaks.strengths[:, one["filter"]]
        images = [image for image, *_ in one["tiles"]]
        assert images == np.argsort(-strengths)[:3].tolist()
        image, *place = one["tiles"][0]
        expected = peaks.positions[image, one["filter"]]
        np.testing.assert_allclose(place, expected, atol=1e-3)
        assert data["pictures"][str(image)]["uri"].startswith("data:image/jpeg")


def test_without_landmarks_and_pictures(made_observation):
    """A class and a strength are left; no number is NaN."""
    blind = made_observation(landmark_names=())
    data = filter_data(blind, (), {})
    json.dumps(data, allow_nan=False)
    assert data["pictures"] == {}
    for one in data["filters"]:
        assert one["skill"] is None and one["landmark"] == ""
        strengths = blind.splits["train"].peaks["interp_2"].strengths
        labels = blind.splits["train"].labels
        means = [
            strengths[labels == label, one["filter"]].mean() for label in (0, 1)
        ]
        assert one["class"] == blind.categories[int(np.argmax(means))]
