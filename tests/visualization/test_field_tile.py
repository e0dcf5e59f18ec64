"""Fields lie where the maps are high, in their colors."""

import numpy as np

from tf_explainer.visualization.field_tiles import Field, field_tile
from tf_explainer.visualization.style import PART_COLORS, part_color

GRAY = np.full((40, 40, 3), 100, np.uint8)
WHOLE = (0.0, 40.0, 40.0, 0.0)
RED = "#ff0000"


def unit(row, column, height=0.9):
    """A map of 4 × 4 units, high at one of them."""
    heights = np.zeros((4, 4), np.float32)
    heights[row, column] = height
    return heights


def changed(tile):
    """Where a tile is no longer gray."""
    return (tile != 100).any(axis=-1)


def test_field_lies_on_its_unit():
    """The second row, the third column; the far corner stays as it was."""
    tile = field_tile(GRAY, [Field(unit(1, 2), RED)], WHOLE, size=80)
    assert tile.shape == (80, 80, 3)
    rows, columns = np.nonzero(changed(tile))
    assert abs(rows.mean() - 29.5) < 1 and abs(columns.mean() - 49.5) < 1
    assert rows.min() > 15 and rows.max() < 45
    assert (tile == (255, 0, 0)).all(axis=-1).any()


def test_half_of_its_own_height():
    """A low map has the same field as a high one."""
    low, high = (
        field_tile(GRAY, [Field(unit(1, 2, height), RED)], WHOLE)
        for height in (0.1, 0.9)
    )
    np.testing.assert_array_equal(low, high)


def test_extent_moves_the_field():
    """A map of the right half of the image lies there."""
    right = (20.0, 40.0, 40.0, 0.0)
    tile = field_tile(GRAY, [Field(unit(0, 0), RED)], right, size=80)
    columns = np.nonzero(changed(tile))[1]
    assert columns.min() >= 38 and columns.max() < 60


def test_an_absent_part_is_not_drawn():
    """Nothing changes where the map is 0."""
    nothing = Field(unit(0, 0, 0.0), RED, "3", None)
    assert not changed(field_tile(GRAY, [nothing], WHOLE)).any()


def test_the_number_stands_at_its_place():
    """A dark badge at the lower left."""
    one = Field(unit(3, 0), RED, "7", (0.875, 0.125))
    tile = field_tile(GRAY, [one], WHOLE, size=160)
    assert (tile[133:148, 13:28] < 20).all(axis=-1).any()
    assert (tile[133:148, 13:28] > 200).all(axis=-1).any()


def test_colors_of_parts_differ():
    """As many as the usual explainer has parts."""
    assert len({part_color(i) for i in range(12)}) == 12
    assert part_color(12) == PART_COLORS[0]
