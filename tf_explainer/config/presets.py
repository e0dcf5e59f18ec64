"""Presets and variants: many settings in one word."""

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple

from tf_explainer.config.options import check_option, option
from tf_explainer.errors import InputError

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    # Each filter for itself: peaks that move with the image, and no parts.
    "filters": {
        "parts": 0,
        "eta": 2.0,
        "score_weight": 1.0,
        "beta": 4.0,
        "epochs": 25,
        "learning_epochs": 13,
        "frozen_learning_rate": 5e-4,
        "ordinary_dropout": 0.5,
        "shift": 1,
        "removal": 0.0,
        "noise": 0.0,
    },
    # What the paper leaves open stays as it is: how fast p moves, and what
    # of the performer conv-ordin starts from. Epochs and learning rate are
    # those that its losses need here.
    "paper": {
        "parts": 0,
        "filter_loss": "paper",
        "filter_schedule": "decay",
        "filter_weight": 1 / 300,
        "norm": "sum",
        "mask": "argmax",
        "beta": 4.0,
        "silence": 0.0,
        "peak_score": 0.0,
        "score_weight": 0.0,
        "eta": 1.0,
        "initial_p": 0.5,
        "views": 0,
        "epochs": 9,
        "learning_epochs": 9,
        "learning_rate": 2e-4,
        "ordinary_dropout": 0.0,
        "stray_limit": 0.0,
        "shift": 1,
        "removal": 0.0,
        "noise": 0.0,
    },
}
"""Name → the options that it sets; one that is given besides wins over it."""


class Variant(NamedTuple):
    """What one word of `ExplainerSettings.variant` stands for.

    Attributes:
        fixes: Setting → the value that it has.
        starts: Setting → the value that it has unless another one is given.
    """

    fixes: Mapping[str, Any]
    starts: Mapping[str, Any]


VARIANTS: Mapping[str, Variant] = {
    "explainer": Variant({"learn_from": "features"}, {}),
    # The score loss pulls p down; without it less eta holds it up.
    "explainer_cls": Variant(
        {"learn_from": "labels", "score_weight": 0.0}, {"eta": 1.0}
    ),
    "plain": Variant(
        {
            "learn_from": "features",
            "parts": 0,
            "mask": "none",
            "filter_loss": "none",
        },
        {},
    ),
}
"""Name → what it fixes: the explainer, or what it is compared with."""


@dataclasses.dataclass(frozen=True)
class PresetOption:
    """The one word that stands for many options, see `PRESETS`."""

    preset: str = option(
        "default",
        "Losses, norm, mask, schedule and numbers in one word: parts that "
        "filters belong to, filters each for itself, or the paper's; options "
        "given beside it win.",
        "explainer",
        shown="; filters where an option is given that is for these alone",
        choices=tuple(PRESETS),
        source="sections 3 and 4, appendix",
    )


def fill_in(settings: Any, *tables: Mapping[str, Any]) -> None:
    """Checks what is given, and fills in what is not.

    Args:
        settings: A frozen dataclass of options.
        *tables: Name → value for what is not given; the first table that
            knows a name counts, and the option's default comes last.

    Raises:
        InputError: If a value has the wrong type or lies outside its limits.
    """
    for field in dataclasses.fields(settings):
        name = field.name
        value = check_option(field, getattr(settings, name), name)
        if value is None:
            value = field.metadata["default"]
            for table in reversed(tables):
                value = table.get(name, value)
        object.__setattr__(settings, name, value)


def preset_of(settings: Any) -> Mapping[str, Any]:
    """Returns what the preset of some settings sets.

    Args:
        settings: A `PresetOption`, whose word may not be given.

    Raises:
        InputError: If there is no such preset.
    """
    field = settings.__dataclass_fields__["preset"]
    name = check_option(field, settings.preset, "preset")
    return PRESETS[name or field.metadata["default"]]


def variant_of(settings: Any) -> Variant:
    """Returns what the variant of some settings stands for.

    Args:
        settings: `ExplainerOptions`, whose word may not be given.

    Raises:
        InputError: If there is no such variant.
    """
    field = settings.__dataclass_fields__["variant"]
    name = check_option(field, settings.variant, "variant")
    return VARIANTS[name or field.metadata["default"]]


# What is said of filters that are each a part of its own.
OF_FILTERS = (
    "filter_loss",
    "diversity",
    "diversity_reach",
    "peak_score",
    "mask",
    "silence",
    "filter_weight",
    "filter_schedule",
    "stray_limit",
)


def take_implied(settings: Any) -> None:
    """Sets the preset `filters` where an option is given that is for it alone.

    Who asks for a filter loss asks for filters; a preset or a number of parts
    that is given says what is meant.

    Args:
        settings: A frozen dataclass of options; `None` is "not given".
    """
    said = ("preset", "parts")
    if any(getattr(settings, name, None) is not None for name in said):
        return
    if any(getattr(settings, name, None) is not None for name in OF_FILTERS):
        object.__setattr__(settings, "preset", "filters")


def check_parts(settings: Any, spell: Any = str) -> None:
    """Refuses what would do nothing, since filters belong to parts.

    Args:
        settings: `ExplainerOptions`; `None` is "not given".
        spell: Name of a setting → what the user knows it by.

    Raises:
        InputError: If such a setting is given and not its default.
    """
    fields = settings.__dataclass_fields__
    default = fields["parts"].metadata["default"]
    known = (variant_of(settings).fixes, preset_of(settings))
    usual = [table["parts"] for table in known if "parts" in table]
    parts = settings.parts
    if parts is None:
        parts = usual[0] if usual else default
    for name in OF_FILTERS if parts else ():
        if name not in fields:
            continue
        value = getattr(settings, name)
        if value not in (None, fields[name].metadata["default"]):
            raise InputError(
                f"`{spell(name)}` is for filters that are each a part of its "
                f"own; take `{spell('preset')}` filters or paper beside it, "
                f"or `{spell('parts')}` 0; received {value!r}."
            )


def check_variant(settings: Any, spell: Any = str) -> None:
    """Refuses what is given and is not what the variant fixes.

    Args:
        settings: `ExplainerOptions`; `None` is "not given".
        spell: Name of a setting → what the user knows it by.

    Raises:
        InputError: If a setting is another one.
    """
    for name, fixed in variant_of(settings).fixes.items():
        value = getattr(settings, name, None)
        if value not in (None, fixed):
            raise InputError(
                f"`{spell('variant')}` {settings.variant or 'explainer'} "
                f"fixes `{spell(name)}` to {fixed!r}; leave it out, received "
                f"{value!r}."
            )
