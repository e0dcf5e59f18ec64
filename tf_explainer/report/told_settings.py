"""What the run was told, values with their names."""

from collections.abc import Mapping
from typing import Any

from tf_explainer.visualization.style import MISSING

# What the steps filled in for the user.
_SECTIONS = ("explainer", "schedule")


def settings_rows(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns name and value of every setting, defaults filled in.

    What a step filled in stands in a section of its own; where the run was
    told nothing, its value is that of the section.

    Args:
        settings: Section `settings` of `result.json`.
    """
    filled: dict[str, Any] = {}
    for name in _SECTIONS:
        if isinstance(settings.get(name), Mapping):
            filled |= settings[name]
    told = {
        name: value
        for name, value in settings.items()
        if not (name in _SECTIONS and isinstance(value, Mapping))
    }
    names = [*told, *(name for name in filled if name not in told)]
    return [(name, _text(told.get(name), filled.get(name))) for name in names]


def _text(value: Any, filled: Any) -> str:
    value = filled if value is None or value == [] else value
    if value is None or value == []:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {one}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
