"""Drawn animals with one part changed."""

import numpy as np
import pytest

from tf_explainer.datasets.drawn_animals import PART_NAMES
from tf_explainer.errors import InputError
from tf_explainer.evaluation.causal.drawn_cases import DrawnCases, large_parts


@pytest.fixture(scope="module")
def cases():
    """Four animals of two categories, small."""
    return DrawnCases.draw(("horse", "background", "bird"), 4, 48, seed=2)


def test_every_large_part_is_a_case(cases):
    """Categories in turn; no part of less than 3 %."""
    assert cases.labels.tolist() == [0, 2, 0, 2]
    for image, part_map in enumerate(cases.part_maps):
        parts = cases.part[cases.image == image]
        assert set(parts) <= set(large_parts(part_map))
        assert PART_NAMES.index("torso") in parts


def test_removed_changes_the_part_alone(cases):
    """All but a few pixels, in which it fills less than half, are its own."""
    for index, (image, part) in enumerate(
        zip(cases.image, cases.part, strict=True)
    ):
        changed = (cases.removed[index] != cases.images[image]).any(axis=-1)
        own = cases.part_maps[image] == part + 1
        near = own.copy()
        for axis in (0, 1):
            for step in (-1, 1):
                near |= np.roll(own, step, axis)
        assert changed.sum() >= 0.5 * own.sum() > 0
        assert (changed & ~near).sum() <= 0.1 * changed.sum() + 1


def test_moved_puts_the_pixels_elsewhere(cases):
    """What was at the part is found again, shifted, where it fits."""
    size = cases.images.shape[1]
    for index in range(len(cases.part)):
        image = cases.images[cases.image[index]]
        way = np.rint(cases.shift[index] * size).astype(int)
        assert 0.08 < np.linalg.norm(cases.shift[index]) < 0.27
        rows, columns = np.nonzero((image != cases.removed[index]).any(axis=-1))
        rows_, columns_ = rows + way[0], columns + way[1]
        fits = (rows_ >= 0) & (rows_ < size) & (columns_ >= 0)
        fits &= columns_ < size
        np.testing.assert_array_equal(
            cases.moved[index][rows_[fits], columns_[fits]],
            image[rows[fits], columns[fits]],
        )


def test_pasted_shows_a_part_of_another_animal(cases):
    """In the part's place, known to the new part map."""
    assert 0 < cases.has_paste.sum()
    for index in np.flatnonzero(cases.has_paste):
        new = cases.pasted_maps[index] == cases.part[index] + 1
        assert new.any()
        rest = ~new
        np.testing.assert_array_equal(
            cases.pasted[index][rest], cases.removed[index][rest]
        )
    for index in np.flatnonzero(~cases.has_paste):
        np.testing.assert_array_equal(cases.pasted[index], cases.removed[index])


def test_nothing_to_draw():
    """A data set of cars has no parts to remove."""
    with pytest.raises(InputError, match="drawn animals"):
        DrawnCases.draw(("car", "background"))
