"""The gallery draws what `filter_rows` chooses."""

import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.visualization.galleries import filter_gallery, filter_rows


def test_one_row_a_filter(observation, made_images):
    """Titles and as many pictures as asked for."""
    figure = filter_gallery(observation, made_images, filters=3, columns=4)
    rows = filter_rows(observation, filters=3, images=4)
    titles = [strip.get_suptitle() for strip in figure.subfigs]
    assert titles == [row.title for row in rows]
    for strip in figure.subfigs:
        assert sum(bool(axes.images) for axes in strip.axes) == 4
    assert rows[0].title in figure.get_label()


def test_images_are_read_once(observation, made_images):
    """Each needed image is asked for in one call."""
    calls = []

    def read(indices):
        calls.append(sorted(indices))
        return made_images(calls[-1])

    filter_gallery(observation, read, filters=2)
    assert len(calls) == 1
    assert len(set(calls[0])) == len(calls[0])


def test_fewer_images_than_columns(made_observation, made_images):
    """The rest of the row stays empty."""
    sparse = made_observation()
    peaks = sparse.splits["test"].peaks["interp_2"]
    peaks.strengths[2:] = 0
    peaks.positions[2:] = np.nan
    figure = filter_gallery(sparse, made_images, filters=1, columns=4)
    drawn = [bool(axes.images) for axes in figure.subfigs[0].axes]
    assert drawn == [True, True, False, False]


def test_silent_layer(made_observation, made_images):
    """There is nothing to show."""
    silent = made_observation()
    peaks = silent.splits["test"].peaks["interp_2"]
    peaks.strengths[:] = 0
    peaks.positions[:] = np.nan
    with pytest.raises(InputError, match="no filter that fires"):
        filter_gallery(silent, made_images)
