"""Options for the training: how long, how fast, how strongly it learns."""

import dataclasses
import math
from typing import Any

from tf_explainer.config.options import option
from tf_explainer.config.presets import (
    PresetOption,
    fill_in,
    preset_of,
    take_implied,
)

GROUP = "explainer"
FILTER_SCHEDULES = ("constant", "decay")
MOST_EPOCHS = 75
# By preset: parts are found slowly, and no label says when they are there.
LEAST_STEPS = {"default": 1500}
LEAST_STEPS_OF_FILTERS = 750


@dataclasses.dataclass(frozen=True)
class ScheduleOptions(PresetOption):
    """The numbers of one training."""

    epochs: int = option(
        26,
        "Epochs for the explainer.",
        GROUP,
        minimum=1,
        maximum=100000,
        shown="chosen for the data",
    )
    learning_epochs: int = option(
        14,
        "Of --epochs, those in which the parts learn; then they stand still.",
        GROUP,
        minimum=0,
        maximum=100000,
        shown="; in proportion to --epochs",
        advanced=True,
    )
    filter_weight: float = option(
        20.0,
        "Factor on the filter loss; more makes parts, less keeps accuracy.",
        GROUP,
        minimum=0,
        maximum=1e6,
        source="appendix; the value is ours",
    )
    filter_schedule: str = option(
        "constant",
        "Whether the filter weight stays or, as the paper's, is divided by "
        "the epoch.",
        GROUP,
        choices=FILTER_SCHEDULES,
        source="appendix; constant is ours",
        advanced=True,
    )
    learning_rate: float = option(
        1e-3,
        "Adam's learning rate while the parts learn.",
        GROUP,
        above=0,
        maximum=10,
        advanced=True,
    )
    frozen_learning_rate: float = option(
        1e-3,
        "Learning rate in the first epoch in which the parts stand still; it "
        "falls to 2 % of that by half a cosine.",
        GROUP,
        above=0,
        maximum=10,
        advanced=True,
    )
    views: int = option(
        3,
        "Moved views of each image that the explainer learns from, too.",
        GROUP,
        minimum=0,
        maximum=64,
        advanced=True,
    )
    shift: int = option(
        0,
        "Largest shift of the target feature, which is mirrored, too, in the "
        "second phase, in units of its map; 0 leaves it as it is.",
        GROUP,
        minimum=0,
        maximum=64,
        advanced=True,
    )
    ordinary_dropout: float = option(
        0.8,
        "Share of images without the ordinary track once parts stand still.",
        GROUP,
        minimum=0,
        below=1,
        advanced=True,
    )
    removal: float = option(
        0.3,
        "Share of images that are learned from with some of their parts "
        "removed, once parts stand still.",
        GROUP,
        minimum=0,
        maximum=1,
        advanced=True,
    )
    noise: float = option(
        0.05,
        "Noise on the mixture of both tracks once parts stand still, in shares "
        "of a channel's root mean square; without it p says little.",
        GROUP,
        minimum=0,
        maximum=10,
        advanced=True,
    )
    stray_limit: float = option(
        0.35,
        "Filters whose peaks follow the image worse than this, when the parts "
        "come to a stand, fall silent; 0 silences none.",
        GROUP,
        minimum=0,
        maximum=1,
        advanced=True,
    )


@dataclasses.dataclass(frozen=True)
class Schedule(ScheduleOptions):
    """The numbers of one training, checked and filled in.

    What is not given, or `None`, comes from the preset, else from the
    option's own default; of `learning_epochs`, their share in `epochs`.

    Raises:
        InputError: If a number is out of range.
    """

    def __post_init__(self) -> None:
        take_implied(self)
        preset, share = preset_of(self), self.learning_epochs is None
        fill_in(self, preset)
        if share:
            usual = {
                name: preset.get(name, field.metadata["default"])
                for name, field in self.__dataclass_fields__.items()
            }
            share = usual["learning_epochs"] / usual["epochs"]
            learning = max(1, math.ceil(share * self.epochs))
            if share < 1 < self.epochs:
                # What is found must also be learned to be used.
                learning = min(learning, self.epochs - 1)
            object.__setattr__(self, "learning_epochs", learning)

    @classmethod
    def of(cls, epochs: int | None = None, **numbers: Any) -> "Schedule":
        """Returns a schedule.

        Args:
            epochs: Passes over the images.
            **numbers: Further fields; `None` is "not given".
        """
        given: dict[str, Any] = {"epochs": epochs, **numbers}
        return cls(**given)

    @classmethod
    def for_images(
        cls,
        images: int,
        batch_size: int = 32,
        epochs: int | None = None,
        **numbers: Any,
    ) -> "Schedule":
        """Returns the schedule for so many images.

        A pass over few images is few steps: unless `epochs` are given, there
        are as many as make `LEAST_STEPS`, up to `MOST_EPOCHS`.

        Args:
            images: Number of training images.
            batch_size: Images in a step.
            epochs: Passes over the images; `None` chooses.
            **numbers: Further fields; `None` is "not given".
        """
        if epochs is None:
            preset = cls.of(**numbers).preset
            steps = LEAST_STEPS.get(preset, LEAST_STEPS_OF_FILTERS)
            wanted = math.ceil(steps / max(1, images // batch_size))
            usual = cls.of(preset=preset).epochs
            epochs = min(max(usual, wanted), MOST_EPOCHS)
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
