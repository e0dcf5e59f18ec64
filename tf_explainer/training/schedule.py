"""How long, how fast and how strongly an explainer learns."""

import dataclasses
import math


@dataclasses.dataclass(frozen=True)
class Schedule:
    """The numbers of one training.

    Args:
        epochs: Passes over the images.
        learning_epochs: Passes in which the interpretable track learns; it
            stands still in the rest.
        filter_weight: `factor` of `UpdateFilterLossWeight`.
        learning_rate: Of Adam while everything learns.
        frozen_learning_rate: Of Adam after that.
        mirror: Whether mirror images are added to the images.
    """

    epochs: int = 16
    learning_epochs: int = 2
    filter_weight: float = 0.12
    learning_rate: float = 2e-4
    frozen_learning_rate: float = 1e-3
    mirror: bool = False

    @classmethod
    def of(
        cls, epochs: int | None = None, filter_weight: float | None = None
    ) -> "Schedule":
        """Returns the default schedule with some numbers replaced.

        Args:
            epochs: Passes over the images; the share in which the
                interpretable track learns is kept.
            filter_weight: Factor of the filter loss.
        """
        epochs = cls.epochs if epochs is None else epochs
        share = cls.learning_epochs / cls.epochs
        return cls(
            epochs=epochs,
            learning_epochs=max(1, math.ceil(share * epochs)),
            filter_weight=(
                cls.filter_weight if filter_weight is None else filter_weight
            ),
        )
