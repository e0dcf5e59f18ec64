"""The schedule of an explainer."""

import math

import pytest

from tf_explainer.config.schedule import Schedule
from tf_explainer.errors import InputError


def test_share_of_learning_epochs_is_kept():
    """Half the epochs: half as many of each phase, but one at least."""
    whole, half = Schedule.of(), Schedule.of(Schedule().epochs // 2)
    assert abs(2 * half.learning_epochs - whole.learning_epochs) <= 1
    assert Schedule.of(1).learning_epochs == 1


def test_given_numbers_replace_the_defaults():
    """Also zero, which is a number."""
    assert Schedule.of(7).epochs == 7
    assert Schedule.of(filter_weight=0.0).filter_weight == 0.0
    assert Schedule.of() == Schedule()
    assert Schedule.of(9, learning_epochs=2).learning_epochs == 2
    assert Schedule.of(learning_rate=None, filter_schedule="decay") == Schedule(
        filter_schedule="decay"
    )


def test_few_images_get_more_epochs():
    """At least 750 steps, at most 75 epochs; what is given stays."""
    filters = {"preset": "filters"}
    assert Schedule.for_images(533, **filters).epochs == math.ceil(750 / 16)
    assert Schedule.for_images(1604, **filters) == Schedule(**filters)
    assert Schedule.for_images(1604).epochs == math.ceil(1500 / 50)
    assert Schedule.for_images(2400) == Schedule()
    assert Schedule.for_images(10).epochs == 75
    assert Schedule.for_images(640, batch_size=16).epochs == 38
    assert Schedule.for_images(10, epochs=3, views=None).epochs == 3
    whole = Schedule(preset="filters")
    share = whole.learning_epochs / whole.epochs
    few = Schedule.for_images(533, preset="filters")
    assert few.learning_epochs == math.ceil(share * few.epochs)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("epochs", 2.5),
        ("learning_epochs", -1),
        ("views", True),
        ("filter_weight", float("nan")),
        ("learning_rate", 0.0),
        ("ordinary_dropout", 1.0),
        ("filter_schedule", "Decay"),
    ],
)
def test_impossible_numbers_are_refused(name, value):
    """By name and value."""
    with pytest.raises(InputError, match=f"`{name}` must be.*{value}"):
        Schedule(**{name: value})
