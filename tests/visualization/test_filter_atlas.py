"""The atlas: sorted by part, then by where filters fire."""

import dataclasses

import numpy as np

from tf_explainer.evaluation.metrics.agreement import filter_likeness
from tf_explainer.evaluation.peaks import FilterPeaks
from tf_explainer.visualization import atlas_order, filter_atlas


def with_peaks(observation, positions):
    """The same with other peaks of conv-interp-2 on the test images."""
    strengths = (~np.isnan(positions[..., 0])).astype(np.float32)
    test = observation.splits["test"]
    peaks = {**test.peaks, "interp_2": FilterPeaks(positions, strengths)}
    splits = dict(observation.splits)
    splits["test"] = dataclasses.replace(test, peaks=peaks)
    return dataclasses.replace(observation, splits=splits)


def test_order(parted):
    """By part; in it those that follow one landmark are neighbors."""
    order = atlas_order(parted)
    assert order.parts.tolist() == [0, 0, 1, 1, 1, 1]
    assert set(order.filters[:2]) == {1, 3}
    # 0 and 2 follow the first landmark, 4 and 5 the two others.
    rest = order.filters[2:].tolist()
    assert set(rest) == {0, 2, 4, 5}
    assert abs(rest.index(0) - rest.index(2)) == 1
    assert order.groups == [(0, 0, 2), (1, 2, 6)]


def test_likeness_is_that_of_the_pairs(parted):
    """In the order of the rows, 1 of a filter and itself."""
    order = atlas_order(parted)
    peaks = parted.splits["test"].peaks["interp_2"]
    wanted = filter_likeness(peaks, peaks)[np.ix_(*[order.filters] * 2)]
    np.testing.assert_allclose(order.likeness, wanted)
    np.testing.assert_allclose(np.diag(order.likeness), 1)


def test_neighbors_by_hand(observation):
    """Two families of filters, given by turns, come apart."""
    generator = np.random.default_rng(0)
    one, other = generator.uniform(0.2, 0.8, (2, 60, 2))
    moved = [one, other + 0.05, one + 0.1, other, one - 0.1, other]
    positions = np.stack(moved, axis=1)
    order = atlas_order(with_peaks(observation, positions))
    family = order.filters % 2
    assert np.abs(np.diff(family)).sum() == 1
    assert (order.parts == -1).all()


def test_figure(parted):
    """The matrix, names of parts, and a line between them."""
    figure = filter_atlas(parted)
    axes = figure.axes[0]
    order = atlas_order(parted)
    (shown,) = axes.images
    np.testing.assert_array_equal(shown.get_array(), order.likeness)
    assert shown.get_clim() == (0, 1)
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names == ["part 1 (2)", "part 2 (4)"]
    assert axes.get_yticks().tolist() == [0.5, 3.5]
    borders = {tuple(line.get_ydata()) for line in axes.lines}
    assert (1.5, 1.5) in borders
    assert "within a part" in figure.get_label()


def test_without_parts(observation):
    """Files of before: filters have their numbers."""
    axes = filter_atlas(observation).axes[0]
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert sorted(names) == ["0", "1", "2", "3", "4", "5"]


def test_nothing_to_draw(observation):
    """One live filter is alike to none."""
    positions = np.full((60, 3, 2), np.nan)
    positions[:, 0] = 0.5
    assert filter_atlas(with_peaks(observation, positions)) is None
    positions[:, 0] = np.nan
    assert filter_atlas(with_peaks(observation, positions)) is None
