"""The plain words agree with the numbers, bad news too."""

import copy

import pytest

from tf_explainer.report.plain_words import findings
from tf_explainer.visualization.style import SPACE


@pytest.fixture
def changed(result):
    """Maker of findings from the made result with other numbers."""

    def make(**numbers):
        other = copy.deepcopy(result)
        for path, value in numbers.items():
            *above, last = path.split("__")
            place = other
            for key in above:
                place = place[key]
            place[last] = value
        return [(found.kind, found.text) for found in findings(other)]

    return make


def kinds(found, words):
    """Kinds of the findings that hold `words`."""
    return [kind for kind, text in found if words in text]


SKILL = "layers__interp_2__skill"


@pytest.mark.parametrize(
    ("interval", "kind", "words"),
    [
        ([0.1, 0.3], "good", "better than a position that never moves"),
        ([-0.1, 0.3], "bad", "cannot be told apart"),
        ([-0.3, -0.1], "bad", "Skill is below 0"),
    ],
)
def test_skill(changed, interval, kind, words):
    """The interval decides, not the mean alone."""
    found = changed(**{SKILL: sum(interval) / 2, f"{SKILL}_interval": interval})
    assert kinds(found, words) == [kind]


@pytest.mark.parametrize(
    ("untrained", "kind", "words"),
    [
        ([-0.3, 0.05], "good", "is above"),
        ([0.15, 0.35], "bad", "cannot be told apart from"),
        ([0.4, 0.5], "bad", "is below"),
    ],
)
def test_beside_untrained(changed, untrained, kind, words):
    """Overlapping intervals are no difference."""
    found = changed(
        **{f"{SKILL}_interval": [0.1, 0.3]},
        controls__untrained__skill=0.25,
        controls__untrained__skill_interval=untrained,
    )
    text = f"Their skill {words} that of the same explainer before training"
    assert kinds(found, f"{text} (0.25)") == [kind]


def test_a_guessing_performer(changed):
    """Two categories: 55 % is next to nothing."""
    found = changed(performer__accuracy=0.55)
    assert kinds(found, "hardly more than by guessing") == ["bad"]
    assert not kinds(changed(performer__accuracy=0.8), "guessing")


@pytest.mark.parametrize("accuracy", [0.0, 0.2])
def test_a_performer_in_another_order(changed, accuracy):
    """Who is wrong more often than who guesses does not guess."""
    found = changed(performer__accuracy=accuracy)
    assert kinds(found, "another order than the categories") == ["bad"]
    assert not kinds(found, "hardly more than by guessing")
    few = {"train": 9, "test": 3, "skipped": 0}
    found = changed(performer__accuracy=accuracy, images=few)
    assert kinds(found, "hardly more than by guessing") == ["bad"]


def test_constant_is_steadier(changed):
    """Low instability is no news if a constant has less."""
    found = changed(
        layers__interp_2__location_instability=0.078,
        controls__constant_center__location_instability=0.071,
        controls__constant_mean__location_instability=0.072,
    )
    (text,) = [text for _, text in found if "Location instability" in text]
    assert "0.078" in text and "0.071, which is lower" in text
    assert kinds(found, "Location instability") == ["bad"]


def test_steadier_than_a_constant(changed):
    """Then it is good news."""
    found = changed(layers__interp_2__location_instability=0.001)
    assert kinds(found, "Location instability is 0.001") == ["good"]


@pytest.mark.parametrize(
    ("lost", "kind", "words"),
    [
        (5.2, "bad", "5.2 points are lost"),
        (0.5, "good", "0.5 points are lost"),
        (-0.9, "good", "0.9 points are won"),
    ],
)
def test_delta_error(changed, lost, kind, words):
    """Five points are the limit."""
    assert kinds(changed(delta_error=lost), words) == [kind]


@pytest.mark.parametrize(("p", "kind"), [(0.97, "good"), (0.38, "bad")])
def test_p(changed, p, kind):
    """A small share explains little."""
    assert kinds(changed(p=p), f"p = {p}") == [kind]


@pytest.mark.parametrize(
    ("head", "kind"), [(0.7, "good"), (0.5, "note"), (0.1, "bad")]
)
def test_share_of_the_score(changed, head, kind):
    """Half of the score is asked for, of filters with and without a part."""
    shares = {"parts": {"head": head}, "other": 0.05}
    found = changed(contributions=shares)
    shown = f"{100 * (head + 0.05):.0f}{SPACE}% passes"
    assert kinds(found, shown) == [kind]
    removed = changed(contributions={**shares, "removal": head})
    assert kinds(removed, f"{100 * head:.0f}{SPACE}% of the class") == [kind]


def test_p_is_not_ticked_where_the_score_denies_it(changed):
    """The filters weigh much and carry little."""
    shares = {"parts": {}, "other": 0.6, "removal": 0.6}
    assert kinds(changed(p=0.97, contributions=shares), "p = 0.97") == ["note"]


def test_dead_filters(changed):
    """Told when more than a tenth is dead."""
    assert kinds(changed(layers__interp_2__alive=3), "4 of 7 filters") == [
        "bad"
    ]
    assert not kinds(changed(layers__interp_2__alive=7), "fewer than 1 %")


def test_parts_without_filter(changed):
    """Each one by its name."""
    found = changed(parts__found__legs={"filters": 0})
    assert kinds(found, "1 of 3 parts: legs") == ["bad"]
    assert not kinds(found, "filters of other parts")
    told = {"filters": 0, "chosen_skill": 0.6}
    found = changed(parts__found__legs=told)
    assert kinds(found, "filters of other parts tell legs with") == ["note"]


def test_few_and_skipped_images(changed):
    """Small data is said to be small."""
    found = changed(images={"train": 9, "test": 60, "skipped": 2})
    assert kinds(found, "only 60 test images") == ["note"]
    assert kinds(found, "2 images left out: unreadable, missing") == ["note"]
    assert not kinds(
        changed(images={"train": 9, "test": 500, "skipped": 0}), "images:"
    )
