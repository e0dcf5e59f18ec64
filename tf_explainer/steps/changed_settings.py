"""Where the settings of two runs differ."""

import dataclasses
from typing import Any

from tf_explainer.steps.settings import Settings


def changed_settings(
    old: Settings, new: Settings
) -> dict[str, tuple[Any, Any]]:
    """Returns field name to (old value, new value) where they differ.

    Args:
        old: Settings of a run.
        new: Settings of another one.
    """
    pairs = {
        field.name: (getattr(old, field.name), getattr(new, field.name))
        for field in dataclasses.fields(Settings)
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
