"""The figure of fields shows what it was handed."""

import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.visualization import receptive_field_figure


@pytest.fixture(scope="module")
def figure(fields):
    """Their figure, with room for three images a row."""
    return receptive_field_figure(fields, columns=3)


def rows_of(figure):
    """The strips of the first block."""
    return figure.subfigs[0].subfigs


def test_a_row_each(figure, fields):
    """Mean field at the left, then the images, titles above."""
    for strip, field in zip(rows_of(figure), fields, strict=True):
        first, *others = strip.axes
        (shown,) = first.images
        np.testing.assert_array_equal(
            shown.get_array().filled(np.nan), field.mean
        )
        assert shown.get_clim() == (0, field.deepest)
        drawn = [axes for axes in others if axes.images]
        assert len(drawn) == len(field.numbers)
        assert strip.get_suptitle().startswith(field.name)
    title = rows_of(figure)[0].get_suptitle()
    assert title.startswith("head: field 8.5") and "up to 50" in title


def test_the_inside_is_bright(figure, fields):
    """What lies outside of the field is darker; the outline is between."""
    axes = rows_of(figure)[0].axes[1]
    pixels = axes.images[0].get_array()
    inside = fields[0].falls[0] >= 0.25
    assert (pixels[inside] == 200).all() and (pixels[~inside] == 90).all()
    (lines,) = axes.collections
    corners = np.concatenate([path.vertices for path in lines.get_paths()])
    rows, columns = np.nonzero(inside)
    for ends, found in zip(
        ((columns.min(), columns.max() + 1), (rows.min(), rows.max() + 1)),
        corners.T,
        strict=True,
    ):
        assert np.abs(np.array(ends) - (found.min(), found.max())).max() <= 0.5


def test_blocks_side_by_side(made_field):
    """The explainer's filters and the performer's channels."""
    blocks = [
        [made_field("filter 3", "filters")],
        [
            made_field("channel 7", "top_conv"),
            made_field("channel 9", "top_conv"),
        ],
    ]
    figure = receptive_field_figure(*blocks, columns=2)
    titles = [half.get_suptitle() for half in figure.subfigs]
    assert titles == [
        "filters of the explainer",
        "channels of the performer's top conv-layer",
    ]
    told = figure.get_label()
    assert "Fields of 1 filters" in told and "channel 9 8.5" in told


def test_no_occluder_matters(made_field):
    """It is said, and nothing is outlined."""
    figure = receptive_field_figure([made_field("head", height=0.0)])
    (strip,) = rows_of(figure)
    assert "no occluder lowers" in strip.get_suptitle()
    assert not any(axes.collections for axes in strip.axes)
    assert "head none" in figure.get_label()


def test_refused(fields):
    """There is nothing to draw."""
    with pytest.raises(InputError, match="`blocks` must hold one field"):
        receptive_field_figure(fields, [])
    with pytest.raises(InputError, match="`columns` must be >= 1"):
        receptive_field_figure(fields, columns=0)
