"""Drawings: the same for ever, true about their parts, parts removable."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from tf_explainer.datasets import draw_animal
from tf_explainer.datasets.drawn_animals import CATEGORIES, PART_NAMES
from tf_explainer.datasets.drawn_animals.animal_painter import (
    FINER,
    animal_surface,
)
from tf_explainer.datasets.drawn_animals.painting import Scene
from tf_explainer.errors import InputError


def touched(seed, category, index):
    """Returns the pixels that show a part, be it in a corner of the pixel."""
    surface = animal_surface(Scene.draw(seed, category), 96 * FINER, ())
    fine = np.zeros((96 * FINER, 96 * FINER), bool)
    fine[surface.window] = surface.parts == index
    return fine.reshape(96, FINER, 96, FINER).any(axis=(1, 3))


def test_shapes_and_types():
    """What the docstring says."""
    drawing = draw_animal(3, size=48)
    assert drawing.image.shape == (48, 48, 3)
    assert drawing.image.dtype == drawing.part_map.dtype == np.uint8
    assert drawing.part_map.shape == (48, 48)
    assert drawing.landmarks.shape == (len(PART_NAMES), 2)
    assert drawing.landmarks.dtype == np.float32
    assert draw_animal(3).image.shape == (96, 96, 3)


def test_categories_follow_each_other():
    """Consecutive seeds are balanced."""
    drawn = [
        draw_animal(seed, size=16).category
        for seed in range(10, 10 + len(CATEGORIES))
    ]
    assert sorted(drawn) == sorted(CATEGORIES)
    assert len(CATEGORIES) >= 6


def test_equal_in_another_process():
    """Nothing depends on the process, such as the order of a set."""
    program = (
        # The command line imports no TensorFlow, which saves seconds.
        "import hashlib, sys; sys.argv[0] = 'tf-explainer'; "
        "from tf_explainer.datasets.drawn_animals import draw_animal; "
        "print(hashlib.sha256(draw_animal(11).image.tobytes()).hexdigest())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "1", "PYTHONPATH": ":".join(sys.path)},
    )
    here = hashlib.sha256(draw_animal(11).image.tobytes()).hexdigest()
    assert answer.stdout.split()[-1] == here


def test_seeds_differ():
    """Another seed is another drawing."""
    first, second = draw_animal(0, "cat"), draw_animal(1, "cat")
    assert (first.image != second.image).mean() > 0.5


@pytest.mark.parametrize("category", CATEGORIES)
def test_same_scene_at_another_size(category):
    """Twice the size shows the same things at the same places."""
    small = draw_animal(21, category, size=64)
    large = draw_animal(21, category, size=128)
    shrunk = large.image.reshape(64, 2, 64, 2, 3).mean(axis=(1, 3))
    assert np.abs(shrunk - small.image).mean() < 8
    same = large.part_map[::2, ::2] == small.part_map
    assert same.mean() > 0.93
    seen = np.isfinite(small.landmarks) & np.isfinite(large.landmarks)
    assert seen.sum() >= 8
    apart = np.abs(small.landmarks - large.landmarks)[seen]
    assert apart.max() < 0.02


@pytest.mark.parametrize("category", CATEGORIES)
def test_part_left_out_changes_its_pixels_only(category):
    """All else is identical, to the last bit."""
    for seed in (4, 5):
        whole = draw_animal(seed, category)
        for index, part in enumerate(PART_NAMES, start=1):
            less = draw_animal(seed, category, without=[part])
            changed = (less.image != whole.image).any(axis=-1)
            changed |= less.part_map != whole.part_map
            assert not (changed & ~touched(seed, category, index)).any()
            assert not (less.part_map == index).any()
            assert part not in less.parts
            own = whole.part_map == index
            if own.sum() > 20:
                assert changed[own].mean() > 0.8


def test_what_is_behind_shows():
    """Without the torso the legs of the far side come into view."""
    whole = draw_animal(4, "elephant")
    less = draw_animal(4, "elephant", without=["torso"])
    torso = whole.part_map == 1 + PART_NAMES.index("torso")
    behind = set(np.unique(less.part_map[torso])) - {0}
    assert behind
    assert (less.part_map[torso] == 0).any()


def test_nothing_left():
    """All parts left out leave the place alone."""
    drawing = draw_animal(4, "cow", without=PART_NAMES)
    assert not drawing.part_map.any()
    assert drawing.parts == ()
    assert np.isnan(drawing.landmarks).all()


@pytest.mark.parametrize("category", CATEGORIES)
def test_landmarks_and_map_agree(category):
    """A landmark is there only if its part is seen, and lies near it."""
    for seed in range(6):
        drawing = draw_animal(seed, category)
        for index, part in enumerate(PART_NAMES):
            rows, columns = np.nonzero(drawing.part_map == index + 1)
            landmark = drawing.landmarks[index]
            assert np.isnan(landmark).all() or np.isfinite(landmark).all()
            if np.isnan(landmark).any():
                continue
            assert part in drawing.parts
            assert len(rows) > 0
            low = np.array([rows.min(), columns.min()]) / 96 - 0.12
            high = np.array([rows.max(), columns.max()]) / 96 + 0.12
            assert (landmark >= low).all() and (landmark <= high).all()


def test_landmark_is_the_center_of_a_part_in_full_view():
    """By hand, for a drawing without an occluder."""
    drawing = draw_animal(4, "cat")
    torso = PART_NAMES.index("torso")
    rows, columns = np.nonzero(drawing.part_map == torso + 1)
    center = [(rows.mean() + 0.5) / 96, (columns.mean() + 0.5) / 96]
    np.testing.assert_allclose(drawing.landmarks[torso], center, rtol=1e-5)


def test_covered_part_has_no_landmark():
    """Some parts are hidden by what is in front, and most are not."""
    drawings = [draw_animal(seed) for seed in range(60)]
    hidden = shown = 0
    for drawing in drawings:
        has = np.isin(PART_NAMES, drawing.parts)
        seen = np.isfinite(drawing.landmarks[:, 0])
        hidden += int((has & ~seen).sum())
        shown += int((has & seen).sum())
    assert 0.005 < hidden / (hidden + shown) < 0.15


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": -1}, "`seed` must be >= 0, received -1"),
        ({"seed": 0, "size": 8}, "`size` must be >= 16, received 8"),
        ({"seed": 0, "category": "hors"}, "received 'hors'. Did you mean 'hor"),
        ({"seed": 0, "without": ["tale"]}, "`without` .* Did you mean 'tail'"),
        ({"seed": 0, "without": "leg"}, "`without` must be one of"),
    ],
)
def test_bad_arguments(arguments, message):
    """The message names the argument and the value."""
    with pytest.raises(InputError, match=message):
        draw_animal(**arguments)
