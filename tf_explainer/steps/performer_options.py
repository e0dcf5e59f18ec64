"""Options for the network that is explained."""

import dataclasses
from pathlib import Path

from tf_explainer.steps.backbones import backbones
from tf_explainer.steps.option import option


@dataclasses.dataclass(frozen=True)
class PerformerOptions:
    """The part of `Settings` that says what is explained."""

    performer: Path | None = option(
        None,
        "Trained Keras model (.keras) to explain.",
        "performer",
        shown="train one",
    )
    backbone: str | None = option(
        None,
        "Published network that the performer starts from; needs --weights.",
        "performer",
        choices=backbones(),
        shown="a small CNN",
    )
    weights: Path | None = option(
        None,
        "Weights file of the backbone, .mat of MatConvNet or .h5 of Keras; "
        "for mobilenet and vgg_16 also the word imagenet: Keras downloads it.",
        "performer",
    )
    performer_epochs: int | None = option(
        None,
        "Epochs for the performer.",
        "performer",
        minimum=1,
        shown="chosen for the performer",
    )
