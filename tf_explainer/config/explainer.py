"""Options for the explainer."""

import dataclasses

from tf_explainer.config.options import option


@dataclasses.dataclass(frozen=True)
class ExplainerOptions:
    """The part of `Settings` that says how an explainer is made and learns."""

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
    beta: float | None = option(
        None,
        "Steepness of templates and masks: a filter counts up to 1 / beta of "
        "the map from its peak. Less keeps accuracy and tells less exactly "
        "which part it was.",
        "explainer",
        minimum=0.1,
        maximum=100,
        shown="4",
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
    stray_limit: float | None = option(
        None,
        "Filters whose peaks follow the image worse than this, when the parts "
        "come to a stand, fall silent; 0 silences none.",
        "explainer",
        minimum=0,
        maximum=1,
        shown="0.35",
    )
    precision: str = option(
        "float32",
        "Numbers it computes with; mixed_bfloat16: less exact, often faster.",
        "explainer",
        choices=("float32", "mixed_bfloat16"),
    )
