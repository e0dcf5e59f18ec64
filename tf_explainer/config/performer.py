"""Options for the network that is explained."""

import dataclasses
from pathlib import Path

from tf_explainer.config.options import option
from tf_explainer.registry import registered_names


@dataclasses.dataclass(frozen=True)
class PerformerOptions:
    """The part of `Settings` that says what is explained."""

    performer: Path | None = option(
        None,
        "Trained Keras model (.keras) to explain.",
        "performer",
        shown="train one",
    )
    classes: tuple[str, ...] = option(
        (),
        "Categories in the order of the outputs of --performer, as a list "
        "a,b,c or repeated; of one sigmoid the second.",
        "performer",
        commas=True,
        shown="class_names.txt beside the model, else the categories' order, "
        "background last; one sigmoid: background,object",
    )
    scale: str | None = option(
        None,
        "Values that --performer wants: none 0–255, unit 0–1, tf −1–1, torch "
        "0–1 less ImageNet's mean over its deviation, caffe BGR less "
        "ImageNet's mean.",
        "performer",
        choices=("none", "unit", "tf", "torch", "caffe"),
        shown="none",
    )
    backbone: str | None = option(
        None,
        "Published network that the performer starts from; needs --weights.",
        "performer",
        choices=registered_names("performers", "PERFORMERS", "weights"),
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
        maximum=100000,
        shown="chosen for the performer",
        advanced=True,
    )
