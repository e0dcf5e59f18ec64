"""What a run does: every option of the command line, checked."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tf_explainer.steps.backbones import backbones
from tf_explainer.steps.check_option import check_option
from tf_explainer.steps.check_together import check_together
from tf_explainer.steps.option import option


@dataclasses.dataclass(frozen=True)
class Settings:
    """One field for each option; a field's help text says what it is.

    Values are checked and converted, such as `"a,b"` to a tuple.

    Raises:
        InputError: If a value has the wrong type or lies outside its limits.
    """

    data: str | None = option(
        None,
        "Annotated folder (images/ and annotations.csv), the name of a "
        "registered data set, or tfds:NAME for one of tensorflow-datasets.",
        "data",
        shown="drawn animals",
    )
    data_option: dict[str, Any] | None = option(
        None,
        "Setting of the data set, such as manual_dir=DIR; may be repeated.",
        "data",
    )
    data_dir: Path | None = option(
        None,
        "Where tensorflow-datasets keeps prepared data.",
        "data",
        shown="its own default",
    )
    categories: tuple[str, ...] = option(
        (),
        "Categories to tell apart, as a list a,b,c or repeated; one alone is "
        "told from the background.",
        "data",
        shown="all",
    )
    landmarks: tuple[str, ...] = option(
        (),
        "Landmarks to measure with, as a list a,b,c or repeated.",
        "data",
        shown="all",
    )
    negatives: Path | None = option(
        None,
        "Folder of images to tell the one category from.",
        "data",
        shown="the other categories",
    )
    negative_ratio: float | None = option(
        None,
        "At most so many negatives for each image of the one category.",
        "data",
        minimum=1e-6,
        shown="all",
    )
    image_size: int | None = option(
        None,
        "Side in pixels to which images are resized.",
        "data",
        minimum=16,
        shown="what the performer wants",
    )
    skip_broken: bool = option(
        False, "Leave unreadable images out and count them.", "data"
    )
    seed: int = option(
        0, "Seed of weights, order and augmentation.", "data", minimum=0
    )
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
    target_layer: str | None = option(
        None,
        "Layer whose feature is explained.",
        "explainer",
        shown="found automatically",
    )
    replaced_layer: str | None = option(
        None,
        "Layer that the explainer's encoder stands in for.",
        "explainer",
        shown="found automatically",
    )
    reconstructed_layers: tuple[str, ...] = option(
        (),
        "Layers to reconstruct, as a list a,b or repeated.",
        "explainer",
        shown="found automatically",
    )
    epochs: int | None = option(
        None,
        "Epochs for the explainer.",
        "explainer",
        minimum=1,
        shown="chosen for the data",
    )
    variant: str = option(
        "explainer",
        "The explainer, or what it is compared with: learned from the "
        "classification loss, on true labels (the paper's Explainer+cls) or "
        "on the performer's own, or an encoder without masks and filter loss.",
        "explainer",
        choices=(
            "explainer",
            "explainer_cls",
            "explainer_cls_predicted",
            "plain",
        ),
    )
    filter_loss: str = option(
        "equivariant",
        "What makes a filter a part: a peak that moves with the image, or the "
        "paper's mutual information, by its exact or the paper's gradient.",
        "explainer",
        choices=("equivariant", "exact", "paper", "none"),
    )
    diversity: float | None = option(
        None,
        "Weight of what keeps filters apart, for the equivariant loss.",
        "explainer",
        minimum=0,
        shown="1",
    )
    diversity_reach: int | None = option(
        None,
        "How far it keeps them apart, in units of the target layer's map.",
        "explainer",
        minimum=0,
        shown="0",
    )
    views: int | None = option(
        None,
        "Moved views of each image that the explainer learns from, too.",
        "explainer",
        minimum=0,
        shown="3",
    )
    filter_weight: float | None = option(
        None,
        "Factor on the filter loss; more makes parts, less keeps accuracy.",
        "explainer",
        minimum=0,
        shown="20",
    )
    eta: float | None = option(
        None,
        "Weight of -log p, in units of the relative reconstruction error; "
        "more pushes the prediction through the parts. Given for one of the "
        "paper's networks, it has these units there, too.",
        "explainer",
        minimum=0,
        shown="2; 1 without score loss; the paper's for the paper's networks",
    )
    score_weight: float | None = option(
        None,
        "Weight of the cross-entropy between the CNN's class scores and the "
        "rebuilt ones; more keeps decisions. 0 is the paper's.",
        "explainer",
        minimum=0,
        shown="1; 0 for the paper's networks, unless --eta is given",
    )
    peak_score: float | None = option(
        None,
        "Scale of the maps in the filter loss; small scores grow parts. 0 "
        "leaves the maps as they are, as in the paper.",
        "explainer",
        minimum=0,
        shown="0.08",
    )
    norm: str | None = option(
        None,
        "What the norm-layers make equal; the paper's is the sum.",
        "explainer",
        choices=("energy", "sum"),
        shown="energy",
    )
    initial_p: float | None = option(
        None,
        "Share of the interpretable track before training.",
        "explainer",
        minimum=0.01,
        maximum=0.99,
        shown="0.85",
    )
    silence: float | None = option(
        None,
        "Share of images in which a filter stays silent; 0 is the paper's.",
        "explainer",
        minimum=0,
        maximum=0.99,
        shown="0",
    )
    ordinary_dropout: float | None = option(
        None,
        "Share of images without the ordinary track once parts stand still.",
        "explainer",
        minimum=0,
        maximum=0.99,
        shown="0.5",
    )
    learning_epochs: int | None = option(
        None,
        "Of --epochs, those in which the parts learn; then they stand still.",
        "explainer",
        minimum=1,
        shown="a share of --epochs",
    )
    learning_rate: float | None = option(
        None,
        "Learning rate while the parts learn.",
        "explainer",
        minimum=1e-8,
        shown="0.001",
    )
    frozen_learning_rate: float | None = option(
        None,
        "Learning rate in the first epoch in which the parts stand still.",
        "explainer",
        minimum=1e-8,
        shown="0.0005",
    )
    filter_schedule: str | None = option(
        None,
        "Whether the filter weight stays or, as the paper's, falls by epoch.",
        "explainer",
        choices=("constant", "decay"),
        shown="constant",
    )
    drift_guard: int | None = option(
        None,
        "Let the parts stand still after so many epochs of filters less like "
        "parts, seen on a tenth of the images, then not learned from.",
        "explainer",
        minimum=0,
        shown="not watched",
    )
    precision: str = option(
        "float32",
        "Numbers it computes with; mixed_bfloat16: less exact, often faster.",
        "explainer",
        choices=("float32", "mixed_bfloat16"),
    )
    full: bool = option(
        False,
        "Also measure on jittered crops, how peaks follow the image, what it "
        "costs to cover them or remove parts of drawn animals; takes long.",
        "measures",
    )
    batch_size: int = option(32, "Images at a time.", "speed", minimum=1)

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = check_option(field, getattr(self, field.name))
            object.__setattr__(self, field.name, value)
        check_together(self)

    def with_options(self, options: Mapping[str, Any]) -> "Settings":
        """Returns a copy with the options given; `None` is "not given"."""
        given = {k: v for k, v in options.items() if v is not None}
        return dataclasses.replace(self, **given)

    def to_json(self) -> dict[str, Any]:
        """Returns the settings as JSON values."""
        return json.loads(json.dumps(dataclasses.asdict(self), default=str))
