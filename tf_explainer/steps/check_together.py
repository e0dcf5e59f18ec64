"""Checks options that do not go together."""

import dataclasses
from typing import Any

from tf_explainer.errors import InputError
from tf_explainer.steps.option import option_name


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
    if settings.variant == "plain" and settings.filter_loss == "paper":
        raise InputError(
            "`--variant` plain has no filter loss; leave out "
            "`--filter-loss`, received --filter-loss paper."
        )
    if settings.performer and (settings.backbone or settings.weights):
        raise InputError(
            "`--performer` is a finished model; leave out `--backbone` and "
            f"`--weights`, received --performer {settings.performer}."
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
