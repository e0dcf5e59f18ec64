"""The configuration of a builder from settings that a user gave."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import tensorflow_datasets as tfds

from tf_explainer.datasets.convert_settings import convert_settings


def make_config(builder_class: Any, settings: Mapping[str, Any]) -> Any:
    """Returns the configuration of a builder with these settings.

    Args:
        builder_class: A builder whose first configuration is a dataclass.
        settings: Field to value; a text such as `"12"` or `"true"` is taken
            for what the field holds.

    Returns:
        A configuration; the same one for the same settings.

    Raises:
        InputError: If a setting is unknown or of a wrong type.
    """
    fields = settings_of(builder_class)
    values = convert_settings(builder_class.name, fields, settings)
    config = type(builder_class.BUILDER_CONFIGS[0])(**values)
    # tfds refuses a second configuration that has the name of a first.
    return builder_class.builder_configs.get(config.name, config)


def settings_of(builder_class: Any) -> dict[str, Any]:
    """Returns name to type of the settings that a builder takes.

    Args:
        builder_class: A builder whose first configuration is a dataclass.
    """
    configs = builder_class.BUILDER_CONFIGS
    if not configs or not dataclasses.is_dataclass(configs[0]):
        return {}
    own = {f.name for f in dataclasses.fields(tfds.core.BuilderConfig)}
    return {
        field.name: field.type
        for field in dataclasses.fields(configs[0])
        if field.name not in own
    }
