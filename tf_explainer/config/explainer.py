"""Options for the explainer: what it is made with, beside its performer."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from tf_explainer.config.options import option
from tf_explainer.config.presets import (
    VARIANTS,
    PresetOption,
    check_parts,
    check_variant,
    fill_in,
    preset_of,
    take_implied,
    variant_of,
)
from tf_explainer.errors import InputError
from tf_explainer.registry import registered_names

GROUP = "explainer"
MASKS = ("argmax", "centroid", "none")
NORMS = ("energy", "sum")
CALIBRATIONS = ("relative", "paper")
LESSONS = ("features", "labels")

MOST_PARTS = 256


@dataclasses.dataclass(frozen=True)
class CutOptions:
    """Where the explainer is attached, and how exactly it computes."""

    target_layer: str | None = option(
        None,
        "Layer whose feature is explained.",
        GROUP,
        source="section 4",
        shown="found automatically",
    )
    replaced_layer: str | None = option(
        None,
        "Layer that the explainer's encoder stands in for.",
        GROUP,
        source="section 4",
        shown="found automatically",
        advanced=True,
    )
    reconstructed_layers: tuple[str, ...] = option(
        (),
        "Layers to reconstruct, as a list a,b or repeated.",
        GROUP,
        source="section 4",
        shown="found automatically",
        advanced=True,
    )
    precision: str = option(
        "float32",
        "Numbers it learns with; mixed_bfloat16: less exact, often faster; "
        "auto: that one where the processor multiplies such numbers. What is "
        "kept computes in float32.",
        GROUP,
        choices=("float32", "mixed_bfloat16", "auto"),
        advanced=True,
    )


@dataclasses.dataclass(frozen=True)
class ExplainerOptions(PresetOption):
    """The settings of an explainer that are options of the command line."""

    variant: str = option(
        "explainer",
        "The explainer, or what it is compared with: learned from the "
        "classification loss on true labels (the paper's Explainer+cls), or "
        "an encoder without masks and filter loss.",
        GROUP,
        choices=tuple(VARIANTS),
        source="section 4.1; plain is ours",
    )
    filter_loss: str = option(
        "equivariant",
        "What makes a filter a part: a peak that moves with the image, or the "
        "paper's mutual information, by its exact or the paper's gradient.",
        GROUP,
        choices=registered_names("losses", "FILTER_LOSSES"),
        more_choices=True,
        source="section 3.2, appendix; equivariant is ours",
    )
    parts: int = option(
        12,
        "Parts that the filters belong to, at most one a filter; 0 makes each "
        "filter a part of its own, as the paper does.",
        GROUP,
        minimum=0,
        maximum=MOST_PARTS,
    )
    diversity: float = option(
        1.0,
        "Weight of what keeps filters apart, for the filter loss equivariant: "
        "more finds more parts, less well each.",
        GROUP,
        minimum=0,
        maximum=1000,
        advanced=True,
    )
    diversity_reach: int = option(
        0,
        "How far it keeps them apart, in units of the target layer's map; 1 "
        "finds more parts where all are there to be found, and lost heads on "
        "real animals.",
        GROUP,
        minimum=0,
        maximum=64,
        advanced=True,
    )
    eta: float = option(
        0.1,
        "Weight of -log p, in units of the relative reconstruction error; "
        "more pushes the prediction through the parts.",
        GROUP,
        minimum=0,
        maximum=1e6,
        source="equation 1; the value is ours",
        shown="; 2 with --preset filters, 1 with --preset paper or --variant "
        "explainer_cls",
    )
    score_weight: float = option(
        2.0,
        "Weight of the cross-entropy, in nats, between the CNN's class scores "
        "and the rebuilt ones; more keeps decisions. 0 is the paper's.",
        GROUP,
        minimum=0,
        maximum=1e6,
    )
    peak_score: float = option(
        0.08,
        "Scale of the maps in a filter loss that is not equivariant; small "
        "scores grow parts. 0 leaves the maps as they are, as in the paper.",
        GROUP,
        minimum=0,
        maximum=1e6,
        advanced=True,
    )
    beta: float = option(
        2.0,
        "Steepness of templates and masks: a filter counts up to 1 / beta of "
        "the map from its peak. Less keeps accuracy and tells less exactly "
        "which part it was.",
        GROUP,
        above=0,
        maximum=100,
        source="section 3.1",
        advanced=True,
    )
    mask: str = option(
        "argmax",
        "Center of the mask: the strongest unit, or the center of activation.",
        GROUP,
        choices=MASKS,
        source="section 3.1; centroid is the authors' MATLAB code",
        advanced=True,
    )
    silence: float = option(
        0.0,
        "Share of images in which a filter of conv-interp-2 stays silent; 0 "
        "is the paper's.",
        GROUP,
        minimum=0,
        below=1,
        advanced=True,
    )
    norm: str = option(
        "energy",
        "What the norm-layers make equal; the paper's is the sum.",
        GROUP,
        choices=NORMS,
        source="section 3.1; energy is ours",
        advanced=True,
    )
    initial_p: float = option(
        0.85,
        "Share p of the interpretable track before training.",
        GROUP,
        above=0,
        below=1,
        advanced=True,
    )
    p_rate: float = option(
        10.0,
        "How many times as fast as an ordinary weight the logit of p moves.",
        GROUP,
        above=0,
        maximum=1000,
        advanced=True,
    )
    calibration: str = option(
        "relative",
        "Weight of a layer's reconstruction: one over its mean squared norm, "
        "or the paper's 5e4 over its mean norm, which wants another eta.",
        GROUP,
        choices=CALIBRATIONS,
        source="section 4; relative is ours",
        advanced=True,
    )
    copy_conv: bool = option(
        True,
        "Start conv-interp-1 and conv-ordin as the CNN's own conv-layer under "
        "the replaced one, where the shapes agree.",
        GROUP,
        source="section 4; of conv-ordin it is ours",
        advanced=True,
    )


@dataclasses.dataclass(frozen=True)
class ExplainerSettings(ExplainerOptions):
    """Constructor arguments of `Explainer` that are plain values.

    What is not given, or `None`, comes from the variant, else from the
    preset, else from the option's own default. The two settings below are no
    options: the variant and the data set say them.

    - With calibration `relative`, `lambda_l = 1 / E‖x*_l‖²`, so that the
      reconstruction loss is a relative error; with `paper`,
      `lambda_l = 5e4 / E‖max(x*_l, 0)‖`, for which the paper's `eta` is 1e6
      (AlexNet, VGG-M, VGG-S) or 1.5e5 (VGG-16). A nat of the score loss
      counts for very little beside it.

    Raises:
        InputError: If a value is out of range, or not what the variant fixes.

    Source:
        Zhang et al. 2018, section 4 "Experimental details". Its
        Explainer+cls "learned from the classification loss, rather than
        distill knowledge from performers", and so could outperform them
        (section 4.1; appendix "Evaluating the reconstruction quality"): it
        saw true labels. `plain`, `silence` and `score_weight` are ours; so
        are `peak_score`, `p_rate` and `relative`, since η and λ of the paper
        depend on the scale of the features. So is the copy in conv-ordin,
        which the paper does not speak of: what the parts leave unexplained
        starts as the performer's own feature.
    """

    learn_from: str = option(
        "features",
        "What the loss is about: the rebuilt features, or the true "
        "categories in their place, which `fit` is then handed.",
        GROUP,
        choices=LESSONS,
        source="section 4.1",
        advanced=True,
    )
    negative_category: int | None = option(
        None,
        'Index of the category "none of the objects" in a single-category '
        "task: images that the CNN takes for it do not count towards α.",
        GROUP,
        minimum=0,
        maximum=100000,
        source="appendix",
        advanced=True,
    )

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "ExplainerSettings":
        """Returns settings from a dictionary.

        Args:
            settings: Name → value; `None` is "not given".

        Raises:
            InputError: If a name is unknown or a value out of range.
        """
        known = {field.name for field in dataclasses.fields(cls)}
        unknown = sorted(set(settings) - known)
        if unknown:
            raise InputError(
                f"`settings` received {', '.join(unknown)}; settings are: "
                f"{', '.join(sorted(known))}."
            )
        return cls(**settings)

    def __post_init__(self) -> None:
        take_implied(self)
        variant = variant_of(self)
        check_variant(self)
        check_parts(self)
        fill_in(self, variant.fixes, variant.starts, preset_of(self))

    def as_dict(self) -> dict[str, Any]:
        """Returns the settings as a JSON-able dictionary."""
        return dataclasses.asdict(self)
