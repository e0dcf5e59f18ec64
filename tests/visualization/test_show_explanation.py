"""One image, explained: peaks and maps lie where they belong."""

import types

import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.visualization.explanations import show_explanation

IMAGE = np.full((40, 60, 3), 100, np.uint8)
UNITS = (np.arange(4) + 0.5) / 4


class MadeExplainer:
    """Three filters on a 4 × 4 map; the last one is silent."""

    settings = types.SimpleNamespace(negative_category=None)
    receptive_field = types.SimpleNamespace(
        centers=np.stack(np.meshgrid(UNITS, UNITS, indexing="ij"), axis=-1)
    )

    def __call__(self, images):
        assert images.shape == (1, *IMAGE.shape)
        maps = np.zeros((1, 4, 4, 3))
        maps[0, 1, 3, 0], maps[0, 2, 0, 1] = 1.0, 5.0
        peaks = [[0.375, 0.875], [0.625, 0.125], [-1.0, -1.0]]
        return {
            "maps": maps,
            "peaks": np.array([peaks]),
            "peak_strengths": np.array([[1.0, 5.0, 0.0]]),
            "scores": np.array([[0.25, 0.75]]),
            "performer_scores": np.array([[0.9, 0.1]]),
            "reconstructions": {"fc6": np.zeros((1, 8))},
            "p": np.array([0.8]),
        }


def test_peaks_are_numbered_by_strength():
    """The strongest filter is 1, at its peak in pixels."""
    figure = show_explanation(MadeExplainer(), IMAGE, ["cat", "dog"])
    image, *maps = figure.axes
    marks = {mark.get_text(): mark.xy for mark in image.texts}
    assert marks == {"1": (0.125 * 60, 0.625 * 40), "2": (0.875 * 60, 15.0)}
    titles = [axes.get_title() for axes in maps]
    assert titles == ["1: filter 1", "2: filter 0", ""]


def test_maps_cover_the_image():
    """Units are drawn where their receptive fields are centered."""
    figure = show_explanation(MadeExplainer(), IMAGE)
    overlay = figure.axes[1].images[1]
    np.testing.assert_allclose(overlay.get_extent(), (0, 60, 40, 0))
    assert overlay.get_array().max() == 1


def test_headline_and_words():
    """Both models' answers and p, in the title and in the alt text."""
    figure = show_explanation(MadeExplainer(), IMAGE, ["cat", "dog"])
    for text in ("performer: cat 0.90", "explainer: dog 0.75", "p = 0.80"):
        assert text in figure.get_suptitle()
        assert text in figure.get_label()
    assert "filter 1 at row 0.62" in figure.get_label()


def test_names_of_filters():
    """What a filter stands for replaces the word filter."""
    figure = show_explanation(
        MadeExplainer(), IMAGE, filters=2, filter_names=["head", "", "tail"]
    )
    titles = [axes.get_title() for axes in figure.axes[1:]]
    assert titles == ["1: filter 1", "2: head 0", ""]


@pytest.mark.parametrize("shape", [(1, 40, 60, 3), (40, 60), (40, 60, 1)])
def test_rejects_what_is_no_image(shape):
    """The message shows the shape."""
    with pytest.raises(InputError, match="received shape"):
        show_explanation(MadeExplainer(), np.zeros(shape))


def test_rejects_no_filters():
    """Nothing would be shown."""
    with pytest.raises(InputError, match="received 0"):
        show_explanation(MadeExplainer(), IMAGE, filters=0)
