"""The animals, and what the README says of them."""

from pathlib import Path

import pytest

from tf_explainer.datasets import draw_animal, drawn_animals
from tf_explainer.datasets.drawn_animals import CATEGORIES, PART_NAMES
from tf_explainer.datasets.drawn_animals.categories import ANIMALS
from tf_explainer.datasets.drawn_animals.coat import TINTS
from tf_explainer.datasets.drawn_animals.pose import Build, Pose
from tf_explainer.datasets.drawn_animals.stream import Stream

README = Path(drawn_animals.__file__).with_name("README.md")


def read_table():
    """Returns `{category: {part, …}}` as the README has it."""
    lines = README.read_text(encoding="utf-8").splitlines()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("|")
    ]
    header, _, *body = rows
    return {
        category: {row[0] for row in body if row[column] == "x"}
        for column, category in enumerate(header)
        if category
    }


def test_table_is_true():
    """Every animal has the parts that the README says, and no others."""
    table = read_table()
    assert tuple(table) == CATEGORIES
    for category, parts in table.items():
        drawing = draw_animal(0, category, size=16)
        assert set(drawing.parts) == parts


@pytest.mark.parametrize("category", CATEGORIES)
def test_shapes_are_known(category):
    """Parts and materials have names that the painter knows."""
    for seed in range(20):
        streams = Stream.for_each_purpose(seed)
        pose = Pose.draw(streams["pose"])
        build = Build.draw(streams["build"])
        shapes = ANIMALS[category].shapes(pose, build)
        assert {shape.part for shape in shapes} <= set(PART_NAMES)
        assert {shape.tint for shape in shapes} <= set(TINTS)


def test_several_parts_tell_each_animal():
    """No two animals share all parts' shapes, and each has a clear mark."""
    measures = {
        name: (animal.on_head, animal.horns, animal.legs, animal.on_body)
        for name, animal in ANIMALS.items()
    }
    for first in CATEGORIES:
        for second in CATEGORIES:
            if first < second:
                pairs = zip(measures[first], measures[second], strict=True)
                assert sum(one != other for one, other in pairs) >= 3
