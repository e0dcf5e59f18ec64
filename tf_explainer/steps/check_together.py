"""Checks options that do not go together."""

import dataclasses
from typing import Any

from tf_explainer.errors import InputError
from tf_explainer.steps.option import option_name

# What a performer is trained with.
OF_TRAINING = ("backbone", "weights", "performer_epochs", "image_size")
# How a finished one is read.
OF_READING = ("classes", "scale")


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
    # What stands there if nothing is said is no contradiction.
    allowed = ("none", type(settings).filter_loss)
    if settings.variant == "plain" and settings.filter_loss not in allowed:
        raise InputError(
            "`--variant` plain has no filter loss; leave out "
            f"`--filter-loss`, received --filter-loss {settings.filter_loss}."
        )
    if settings.variant.startswith("explainer_cls") and settings.score_weight:
        raise InputError(
            f"`--variant` {settings.variant} learns nothing but categories; "
            "leave out `--score-weight`, received --score-weight "
            f"{settings.score_weight}."
        )
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
