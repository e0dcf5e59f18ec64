"""The figure of fields shows what it was handed."""

import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.evaluation.receptive_fields import UnitField
from tf_explainer.evaluation.receptive_fields.unit_field import aligned_mean
from tf_explainer.visualization import receptive_field_figure

SIZE = 24


def field_of(name, of="parts", images=3, height=0.5, side=3):
    """A field whose falls are squares around the peaks."""
    generator = np.random.default_rng(images)
    pixels = generator.integers(4, SIZE - 4, (images, 2))
    falls = np.zeros((images, SIZE, SIZE), np.float32)
    for one, (row, column) in zip(falls, pixels, strict=True):
        one[row - side : row + side + 1, column - side : column + side + 1] = (
            height
        )
    peaks = (pixels + 0.5) / SIZE
    return UnitField(
        of=of,
        index=0,
        name=name,
        numbers=tuple(range(images)),
        images=np.full((images, SIZE, SIZE, 3), 200.0, np.float32),
        peaks=peaks,
        responses=np.ones(images),
        falls=falls,
        mean=aligned_mean(falls, peaks),
    )


@pytest.fixture(scope="module")
def fields():
    """Two parts with three and two images."""
    return [field_of("head"), field_of("$tail_{", images=2, height=0.25)]


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


def test_blocks_side_by_side(fields):
    """The explainer's filters and the performer's channels."""
    blocks = [
        [field_of("filter 3", "filters")],
        [field_of("channel 7", "top_conv"), field_of("channel 9", "top_conv")],
    ]
    figure = receptive_field_figure(*blocks, columns=2)
    titles = [half.get_suptitle() for half in figure.subfigs]
    assert titles == [
        "filters of the explainer",
        "channels of the performer's top conv-layer",
    ]
    told = figure.get_label()
    assert "Fields of 1 filters" in told and "channel 9 8.5" in told


def test_no_occluder_matters():
    """It is said, and nothing is outlined."""
    figure = receptive_field_figure([field_of("head", height=0.0)])
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
