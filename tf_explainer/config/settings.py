"""What a run and a search do: every option of the command line, checked."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from tf_explainer.config.data import DataOptions
from tf_explainer.config.explainer import (
    CutOptions,
    ExplainerOptions,
    ExplainerSettings,
)
from tf_explainer.config.options import (
    check_option,
    option,
    option_name,
)
from tf_explainer.config.performer import PerformerOptions
from tf_explainer.config.presets import (
    check_parts,
    check_variant,
    take_implied,
)
from tf_explainer.config.schedule import Schedule, ScheduleOptions
from tf_explainer.errors import InputError

# What a performer is trained with.
OF_TRAINING = ("backbone", "weights", "performer_epochs", "image_size")
# How a finished one is read.
OF_READING = ("classes", "scale")
# What is filled in when the explainer is made.
FILLED_LATER = frozenset(
    field.name
    for kind in (ExplainerOptions, ScheduleOptions)
    for field in dataclasses.fields(kind)
)


# Options that change who computes, and no number.
DEVICES = "devices"
# What the number of images decides, unless it is given.
OF_THE_IMAGES = {"epochs", "learning_epochs"}


def check_together(settings: Any) -> None:
    """Refuses options of which one makes no sense beside another.

    Args:
        settings: A `Settings`, each value of which is checked already.

    Raises:
        InputError: If two options do not go together.
    """
    names = {field.name for field in dataclasses.fields(settings)}
    for name in sorted(names & set(settings.data_option or {})):
        raise InputError(
            f"`--data-option`: {name!r} is an option of its own, "
            f"{option_name(name)}."
        )
    check_variant(settings, option_name)
    check_parts(settings, option_name)
    for name in OF_TRAINING if settings.performer else ():
        if getattr(settings, name) is not None:
            raise InputError(
                "`--performer` is a finished model; leave out "
                f"`{option_name(name)}`, received --performer "
                f"{settings.performer}."
            )
    for name in () if settings.performer else OF_READING:
        if value := getattr(settings, name):
            told = value if isinstance(value, str) else ",".join(value)
            raise InputError(
                f"`{option_name(name)}` says how `--performer` is read, which "
                f"is not given; received {option_name(name)} {told}."
            )
    if settings.backbone and not settings.weights:
        raise InputError(
            "`--backbone` needs `--weights FILE`, received --backbone "
            f"{settings.backbone} alone."
        )
    if settings.weights and not settings.backbone:
        raise InputError(
            "`--weights` needs `--backbone`, received --weights "
            f"{settings.weights} alone."
        )


@dataclasses.dataclass(frozen=True)
class Settings(
    ScheduleOptions, ExplainerOptions, CutOptions, PerformerOptions, DataOptions
):
    """One field for each option; a field's help text says what it is.

    Values are checked and converted, such as `"a,b"` to a tuple, and `None`
    is "not given". What is not given gets its default, but for the settings
    of the explainer and its schedule, which depend on the preset, the variant
    and the data: they stay `None` until the explainer is made.

    Raises:
        InputError: If a value has the wrong type or lies outside its limits.
    """

    full: bool = option(
        False,
        "Also measure on jittered crops, how peaks follow the image (which "
        "needs no landmarks), what it costs to cover them or to remove parts "
        "of drawn animals, and how faithful heat maps are; takes long.",
        "measures",
    )
    batch_size: int = option(
        32,
        "Images at a time.",
        "speed",
        minimum=1,
        maximum=65536,
    )
    strategy: str = option(
        "none",
        "What the explainer learns on: none, one device; mirrored, all GPUs "
        "of this machine; multiworker, all machines that TF_CONFIG names, "
        "each with this command and a shared --out.",
        DEVICES,
        choices=("none", "mirrored", "multiworker"),
        advanced=True,
    )

    def __post_init__(self) -> None:
        take_implied(self)
        for field in dataclasses.fields(self):
            value = check_option(field, getattr(self, field.name))
            if value is None and field.name not in FILLED_LATER:
                value = field.metadata["default"]
            object.__setattr__(self, field.name, value)
        check_together(self)

    def with_options(self, options: Mapping[str, Any]) -> "Settings":
        """Returns a copy with the options given; `None` is "not given"."""
        given = {k: v for k, v in options.items() if v is not None}
        return dataclasses.replace(self, **given)

    def given(self, kind: Any) -> dict[str, Any]:
        """Returns the options that are fields of another class, too.

        Args:
            kind: Such as `Schedule`; what is not given is `None`.
        """
        names = [field.name for field in dataclasses.fields(kind)]
        return {k: getattr(self, k) for k in names if hasattr(self, k)}

    def to_json(self) -> dict[str, Any]:
        """Returns the settings as JSON values."""
        return json.loads(json.dumps(dataclasses.asdict(self), default=str))


def changed_settings(
    old: Settings, new: Settings
) -> dict[str, tuple[Any, Any]]:
    """Returns field name to (old value, new value) where they differ.

    A default that is given is none that is changed.

    Args:
        old: Settings of a run.
        new: Settings of another one.
    """
    before, after = _meant(old), _meant(new)
    return {
        name: (getattr(old, name), getattr(new, name))
        for name in before
        if before[name] != after[name]
    }


def _meant(settings: Settings) -> dict[str, Any]:
    """Each option, with what preset and variant make of those not given."""
    filled = {
        **dataclasses.asdict(Schedule(**settings.given(Schedule))),
        **ExplainerSettings(**settings.given(ExplainerSettings)).as_dict(),
    }
    return {
        field.name: filled[field.name]
        if field.name in FILLED_LATER - OF_THE_IMAGES
        else getattr(settings, field.name)
        for field in dataclasses.fields(Settings)
        if field.metadata["group"] != DEVICES
    }
