"""How long, how fast and how strongly an explainer learns."""

import dataclasses
import math
import numbers
from collections.abc import Callable
from typing import Any

from tf_explainer.errors import InputError

LEAST_STEPS, MOST_EPOCHS = 750, 75
FILTER_SCHEDULES = ("constant", "decay")


def _is_whole(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


# What is asked of which fields, and whether a value is that.
_ASKED: tuple[tuple[str, tuple[str, ...], Callable[[Any], bool]], ...] = (
    (
        "a whole number of 1 or more",
        ("epochs",),
        lambda value: _is_whole(value) and value >= 1,
    ),
    (
        "a whole number of 0 or more",
        ("learning_epochs", "views", "shift"),
        lambda value: _is_whole(value) and value >= 0,
    ),
    (
        "a number of 0 or more",
        ("filter_weight", "stray_limit"),
        lambda value: math.isfinite(value) and value >= 0,
    ),
    (
        "a number above 0",
        ("learning_rate", "frozen_learning_rate"),
        lambda value: math.isfinite(value) and value > 0,
    ),
    ("a number in [0, 1]", ("mix",), lambda value: 0 <= value <= 1),
    (
        "a number in [0, 1)",
        ("ordinary_dropout",),
        lambda value: 0 <= value < 1,
    ),
    (
        f"one of {FILTER_SCHEDULES}",
        ("filter_schedule",),
        lambda value: value in FILTER_SCHEDULES,
    ),
)


@dataclasses.dataclass(frozen=True)
class Schedule:
    """The numbers of one training.

    Args:
        epochs: Passes over the images.
        learning_epochs: Passes in which the interpretable track learns; it
            stands still in the rest.
        filter_weight: `factor` of `UpdateFilterLossWeight`.
        filter_schedule: `constant`, or the paper's `decay`: the filter weight
            is divided by the epoch.
        stray_limit: Filters whose peaks follow the image worse than this when
            the interpretable track is frozen fall silent, see
            `stray_filters`; 0 silences none.
        learning_rate: Of Adam while everything learns.
        frozen_learning_rate: Of Adam in the first frozen epoch; it falls to
            2 % of that by half a cosine.
        views: Moved views of each image that are learned from, too.
        shift: Of `MirrorShiftMix` in the frozen phase, units of the map.
        mix: Of `MirrorShiftMix` in the frozen phase.
        ordinary_dropout: Share of images that are learned from without the
            ordinary track in the frozen phase.

    Raises:
        InputError: If a number is out of range.
    """

    epochs: int = 25
    learning_epochs: int = 13
    filter_weight: float = 20.0
    learning_rate: float = 1e-3
    frozen_learning_rate: float = 5e-4
    views: int = 3
    shift: int = 1
    mix: float = 0.0
    ordinary_dropout: float = 0.5
    stray_limit: float = 0.35
    filter_schedule: str = "constant"

    def __post_init__(self) -> None:
        for asked, names, holds in _ASKED:
            for name in names:
                value = getattr(self, name)
                if not holds(value):
                    raise InputError(
                        f"`{name}` must be {asked}, received {value!r}."
                    )

    @classmethod
    def of(cls, epochs: int | None = None, **numbers: Any) -> "Schedule":
        """Returns the default schedule with some numbers replaced.

        Args:
            epochs: Passes over the images; unless `learning_epochs` are given
                too, the share in which the interpretable track learns is kept.
            **numbers: Further fields; `None` stands for the default.
        """
        given = {k: v for k, v in numbers.items() if v is not None}
        share = cls.learning_epochs / cls.epochs
        epochs = cls.epochs if epochs is None else epochs
        learning = max(1, math.ceil(share * epochs))
        return cls(**{"epochs": epochs, "learning_epochs": learning, **given})

    @classmethod
    def for_images(
        cls,
        images: int,
        batch_size: int = 32,
        epochs: int | None = None,
        **numbers: Any,
    ) -> "Schedule":
        """Returns the schedule for so many images, see `of`.

        A pass over few images is few steps: unless `epochs` are given, there
        are as many as make `LEAST_STEPS`, up to `MOST_EPOCHS`.

        Args:
            images: Number of training images.
            batch_size: Images in a step.
            epochs: Passes over the images; `None` chooses.
            **numbers: Further fields; `None` stands for the default.
        """
        if epochs is None:
            wanted = math.ceil(LEAST_STEPS / max(1, images // batch_size))
            epochs = min(max(cls.epochs, wanted), MOST_EPOCHS)
        return cls.of(epochs, **numbers)

    def learning_rate_at(self, epoch: int) -> float:
        """Returns the learning rate of an epoch.

        Args:
            epoch: Counted from 0.
        """
        if epoch < self.learning_epochs:
            return self.learning_rate
        frozen = max(self.epochs - self.learning_epochs, 1)
        done = (epoch - self.learning_epochs) / frozen
        share = 0.02 + 0.98 * (1 + math.cos(math.pi * done)) / 2
        return self.frozen_learning_rate * share
